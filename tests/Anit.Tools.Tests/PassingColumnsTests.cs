using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Columns that a stage leaves as they are go from Parquet to Parquet undecoded, and the output is the same file.</summary>
public sealed class PassingColumnsTests : IDisposable
{
    readonly Workbench bench = new();

    public PassingColumnsTests()
    {
        bench.Write("rows.jsonl", Samples.Rows(3_000));
        // Through a stage, so that there are receipts; and the same rows where nothing can be taken over.
        Ok("anit-data filter rows.jsonl --where \"id is not null\" -q -o in.parquet; anit-data convert in.parquet -q -o in.arrow");
    }

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("replace", 1)]
    [InlineData("replace", 2)]
    [InlineData("pad", 2)]
    public void Noise_and_score_are_those_of_a_table_whose_columns_are_all_read(string kind, int threads)
    {
        var noise = $"--noise {kind} --omega 0.3 --phi 0.5 -q --threads {threads}";
        Ok($"anit-noise in.parquet {noise} -o passed.parquet; anit-noise in.arrow {noise} -o read.parquet; cmp passed.parquet read.parquet");
        Ok("anit-data convert passed.parquet -q -o passed.arrow");
        Ok($"for scope in dataset row; do anit-score passed.parquet --scope $scope -q --threads {threads} -o scored.parquet --force; "
            + "anit-score passed.arrow --scope $scope -q -o read.parquet --force; cmp scored.parquet read.parquet; done");
        Ok($"anit-score scored.parquet -q --threads {threads} -o again.parquet; anit-score read.parquet -q -o again.arrow; anit-data convert "
            + "again.arrow -q -o read.jsonl; anit-data convert again.parquet -q -o again.jsonl; cmp again.jsonl read.jsonl");
        Ok("anit-data verify scored.parquet && anit-data verify again.parquet");
    }

    [Fact]
    public void A_table_without_receipts_passes_as_well()
    {
        Ok("anit-data convert rows.jsonl -q -o plain.parquet; anit-data convert plain.parquet -q -o plain.arrow");
        Ok("for table in plain.parquet plain.arrow; do anit-noise $table --noise shuffle --omega 0.3 -q --threads 2 -o $table.noisy.parquet; done; "
            + "cmp plain.parquet.noisy.parquet plain.arrow.noisy.parquet; anit-data verify plain.parquet.noisy.parquet");
    }

    [Fact]
    public void Receipts_and_digests_of_one_file_are_not_shown_as_metadata_of_another()
    {
        Ok("anit-noise in.parquet --noise shuffle --omega 0.3 -q -o noisy.parquet; anit-data convert noisy.parquet -q -o noisy.arrow");
        Ok("anit-data schema --full noisy.arrow").ShouldSatisfyAllConditions(
            schema => schema.ShouldContain("anit.receipts"), schema => schema.ShouldNotContain("anit.columns"),
            schema => schema.ShouldNotContain("anit.layout"));
    }

    string Ok(string line)
    {
        var run = bench.Bash($"set -e; {line}");
        run.Code.ShouldBe(0, $"{line}\n{run}");
        return run.Output;
    }
}
