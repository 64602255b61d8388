using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>filter, select, rename, cast, sort, dedup, join and partition as a user types them.</summary>
public sealed class TransformCommandTests : IDisposable
{
    readonly Workbench bench = new();

    public TransformCommandTests() => bench.Write("t.csv", "id,task,score,text\na,ner,0.5,x\nb,re,0.25,y\nc,ner,,z\nd,tc,1,x\n");

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("filter t.csv --where \"task = 'ner' and score > 0.2\"", "id,task,score,text\na,ner,0.5,x\n")]
    [InlineData("filter t.csv -w \"score is null or text in ('y')\"", "id,task,score,text\nb,re,0.25,y\nc,ner,,z\n")]
    [InlineData("select t.csv --columns text id", "text,id\nx,a\ny,b\nz,c\nx,d\n")]
    [InlineData("select t.csv --without text task", "id,score\na,0.5\nb,0.25\nc,\nd,1.0\n")]
    [InlineData("rename t.csv --columns id=text text=id", "text,task,score,id\na,ner,0.5,x\nb,re,0.25,y\nc,ner,,z\nd,tc,1.0,x\n")]
    [InlineData("cast t.csv --type \"score=decimal(4,2)\"", "id,task,score,text\na,ner,0.50,x\nb,re,0.25,y\nc,ner,,z\nd,tc,1.00,x\n")]
    [InlineData("sort t.csv --by \"task, score desc nulls first\"", "id,task,score,text\nc,ner,,z\na,ner,0.5,x\nb,re,0.25,y\nd,tc,1.0,x\n")]
    [InlineData("sort t.csv --by \"score desc\" --memory 1", "id,task,score,text\nd,tc,1.0,x\na,ner,0.5,x\nb,re,0.25,y\nc,ner,,z\n")]
    [InlineData("sort t.csv --by \"text desc, id\" --memory 64M", "id,task,score,text\nc,ner,,z\nb,re,0.25,y\na,ner,0.5,x\nd,tc,1.0,x\n")]
    [InlineData("dedup t.csv --by text", "id,task,score,text\na,ner,0.5,x\nb,re,0.25,y\nc,ner,,z\n")]
    [InlineData("dedup t.csv t.csv", "id,task,score,text\na,ner,0.5,x\nb,re,0.25,y\nc,ner,,z\nd,tc,1.0,x\n")]
    public void Rows_and_columns_are_chosen_as_asked(string command, string csv)
    {
        var run = bench.Bash($"anit-data {command} --to csv -q");
        (run.Code, run.Output).ShouldBe((0, csv), run.ToString());
        // From a pipe, as a stage with a receipt that holds and is not made twice.
        var at = command.IndexOf("t.csv", StringComparison.Ordinal);
        var piped = bench.Bash($"cat t.csv | anit-data {command[..at]}-{command[(at + 5)..]} -q -o out.parquet && anit-data verify out.parquet && "
            + $"anit-data {command} -o out.parquet");
        piped.Code.ShouldBe(0, piped.ToString());
        piped.Error.ShouldContain("out.parquet is up to date", customMessage: piped.ToString());
    }

    [Theory]
    [InlineData("filter t.csv", "Option '--where' is required")]
    [InlineData("filter t.csv --where 'task ='", "--where: character 7: found the end, expected a column, a value or (")]
    [InlineData("filter t.csv --where 'size > 5'", "--where: character 1: no column \"size\"; there is id, task, score, text")]
    [InlineData("select t.csv", "give either --columns or --without")]
    [InlineData("select t.csv --columns size", "t.csv: no column \"size\"; there is id, task, score, text")]
    [InlineData("rename t.csv --columns id=task", "t.csv: two columns \"task\" would come out")]
    [InlineData("rename t.csv --columns id", "--columns is id; expected old=new")]
    [InlineData("sort t.csv --by 'task down'", "--by: character 6: found down, expected asc, desc, nulls first, nulls last, a comma or the end")]
    public void A_wrong_command_line_is_one_line(string command, string message)
    {
        var run = bench.Bash($"anit-data {command} -o never.csv");
        run.Code.ShouldBe(2, run.ToString());
        run.Error.ShouldContain(message);
        run.Error.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public void Names_stand_apart_or_between_commas_and_a_table_taken_for_a_name_is_one_line()
    {
        bench.Write("comma.csv", "\"a,b\",c\n1,2\n");
        bench.Bash("anit-data select t.csv --columns id,score --to csv -q | head -2").Output.ShouldBe("id,score\na,0.5\n");
        bench.Bash("anit-data select t.csv --columns id score --to csv -q | head -2").Output.ShouldBe("id,score\na,0.5\n");
        bench.Bash("anit-data select comma.csv --columns 'a\\,b' --to csv -q").Output.ShouldBe("\"a,b\"\n1\n");
        bench.Bash("anit-data show t.csv").Code.ShouldBe(0); // absent: all columns
        var swallowed = bench.Bash("anit-data select --columns id t.csv --to csv -q");
        swallowed.Code.ShouldBe(2);
        swallowed.Error.ShouldStartWith("anit-data: --columns took the file t.csv for a name; name the table before --columns\n");
        bench.Bash("anit-data select t.csv --columns id,, -q").Error.ShouldStartWith("anit-data: --columns has an empty name; ");
    }

    [Fact]
    public void A_value_that_a_cast_would_lose_is_bad_data()
    {
        var run = bench.Bash("anit-data cast t.csv --type score=int32 -q -o never.csv");
        (run.Code, run.Error).ShouldBe((3, "anit-data: t.csv: column 'score': '0.5' is no value that i32 holds exactly\n"));
    }

    [Fact]
    public void A_second_table_is_joined_by_id_and_both_receipts_are_carried()
    {
        bench.Write("more.csv", "id,grade,text\nd,4,q\na,1,r\ne,5,s\n");
        bench.Bash("anit-data join t.csv --with more.csv --columns grade --to csv -q").Output
            .ShouldBe("id,task,score,text,grade\na,ner,0.5,x,1\nd,tc,1.0,x,4\n");
        bench.Bash("anit-data join t.csv --with more.csv --how left --suffix 2 --to csv -q").Output
            .ShouldBe("id,task,score,text,grade,text2\na,ner,0.5,x,1,r\nb,re,0.25,y,,\nc,ner,,z,,\nd,tc,1.0,x,4,q\n");
        var clash = bench.Bash("anit-data join t.csv --with more.csv -q -o never.csv");
        clash.Code.ShouldBe(3);
        clash.Error.ShouldContain("both tables have a column \"text\"");
        var run = bench.Bash("""
            set -e
            anit-data filter t.csv -w "task = 'ner'" -q -o one.parquet
            anit-data sort more.csv --by id -q -o two.parquet
            anit-data join one.parquet --with two.parquet --columns grade --how left -q -o both.parquet
            anit-data verify both.parquet
            anit-data join one.parquet --with two.parquet --columns grade --how left -o both.parquet
            anit-data sort more.csv --by "id desc" -q -o two.parquet
            anit-data join one.parquet --with two.parquet --columns grade --how left --explain -o both.parquet
            """);
        run.Code.ShouldBe(0, run.ToString());
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ',
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..4]))
            .ShouldBe(["linked anit-data sort 1", "linked anit-data filter 1", "verified anit-data join 1"], run.ToString());
        run.Error.ShouldContain("both.parquet is up to date");
        run.Error.ShouldContain("both.parquet is made anew: another input");
        bench.Write("twice.csv", "id,grade\na,1\na,2\n");
        var repeated = bench.Bash("anit-data join t.csv --with twice.csv -q -o never.csv");
        repeated.Code.ShouldBe(3);
        repeated.Error.ShouldContain("the second table has two rows of id 'a'; drop one (anit-data dedup)");
    }

    [Fact]
    public void A_partitioned_folder_reads_back_as_the_table()
    {
        var run = bench.Bash("""
            set -e
            anit-data sort t.csv --by task -q -o sorted.parquet
            anit-data partition sorted.parquet --by task -o parts -q
            find parts -type f | sort
            anit-data cat parts > back.jsonl
            anit-data cat sorted.parquet > was.jsonl
            cmp back.jsonl was.jsonl
            for file in parts/*/*; do anit-data verify $file; done
            anit-data concat parts -q -o again.parquet
            anit-data verify again.parquet
            """);
        run.Code.ShouldBe(0, run.ToString());
        run.Output.ShouldStartWith("parts/task=ner/part-0.parquet\nparts/task=re/part-0.parquet\nparts/task=tc/part-0.parquet\n");
        run.Output.ShouldContain("verified  anit-data partition 1  2 rows");
        run.Output.ShouldContain("verified  anit-data concat 1  4 rows");
        run.Output.ShouldNotContain("DIFFERS");
        var again = bench.Bash("anit-data partition sorted.parquet --by text -o parts -q");
        (again.Code, again.Error).ShouldBe((1, "anit-data: parts is there already and not empty; name another folder, or replace it with --force\n"));
        bench.Bash("anit-data partition sorted.parquet --by text -o parts -q --force && ls parts").Output.ShouldBe("text=x\ntext=y\ntext=z\n");
        var inside = bench.Bash("anit-data partition parts --by task -o parts -q --force");
        (inside.Code, inside.Error).ShouldBe((2, "anit-data: parts: what is read lies there; name another folder\n"));
    }
}
