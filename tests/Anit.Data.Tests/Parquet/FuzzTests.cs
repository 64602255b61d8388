using Anit.Data.Fuzz;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>A small run of tests/Anit.Data.Fuzz; long ones are started by hand.</summary>
public sealed class FuzzTests
{
    [Theory]
    [InlineData(TableFormat.Parquet)]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.ArrowFile)]
    public async Task Damaged_files_of_ours_are_refused_or_read(TableFormat format)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random);
            var stream = new MemoryStream();
            await using (var writer = Table.Create(stream, format, schema, new() { PageRows = 30 }))
            {
                await writer.WriteAsync(Some.Batch(random, schema, 60));
                await writer.FinishAsync();
            }
            for (var i = 0; i < 60; i++)
                Probe.Fault(Mutator.Mutate(stream.ToArray(), random), onward: i % 4 == 0).ShouldBeNull($"seed {seed}, mutation {i}");
        }
    }

    [SharedFact]
    public void Damaged_files_of_others_are_refused_or_read()
    {
        var files = Directory.EnumerateFiles(SharedData.Path("corpora"), "*.parquet", SearchOption.AllDirectories)
            .Where(f => f.Contains("/good/", StringComparison.Ordinal) && new FileInfo(f).Length < 10_000).Order(StringComparer.Ordinal).ToArray();
        var random = new Random(11);
        for (var i = 0; i < 3_000; i++)
        {
            var file = files[random.Next(files.Length)];
            Probe.Fault(Mutator.Mutate(File.ReadAllBytes(file), random)).ShouldBeNull($"{file}, mutation {i}");
        }
    }

    [SharedFact]
    public void A_file_cut_anywhere_is_refused()
    {
        foreach (var name in new[] { "crafted/parquet/good", "instruct/parquet/good" })
        {
            var folder = SharedData.Path(["corpora", .. name.Split('/')]);
            if (!Directory.Exists(folder)) continue;
            foreach (var file in Directory.EnumerateFiles(folder, "*.parquet").Where(f => new FileInfo(f).Length < 1_000))
            {
                var bytes = File.ReadAllBytes(file);
                for (var length = 0; length < bytes.Length; length++) Probe.Fault(bytes[..length]).ShouldBeNull($"{file} cut to {length}");
            }
        }
    }
}
