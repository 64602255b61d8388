using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data missing SHARD...</c>: which shards of a run are not there yet, as a job array takes them: 3,7-9.</summary>
static class MissingCommand
{
    public static Command Create()
    {
        var inputs = new Argument<string[]>("shards") { Description = "The shards that should be there; files that do not exist or are broken count "
            + "as missing.", Arity = ArgumentArity.ZeroOrMore };
        var of = Opt.OptionalCount("--of", "How many shards the run has, where no file tells.", from: 1);
        var command = new Command("missing", "Prints the numbers of the shards that are missing; exits with 1 when some are.") { inputs, of }
            .Example("sbatch --array=$(anit-data missing part-*.parquet --of 64) noise.sh");
        command.SetAction((given, stop) => Run(given.GetValue(inputs) ?? [], given.GetValue(of), stop));
        return command;
    }

    static async Task<int> Run(string[] paths, int? of, CancellationToken stop)
    {
        var set = new ShardSet();
        foreach (var path in paths)
        {
            if (!File.Exists(path)) continue;
            IReadOnlyList<Receipt> chain;
            try
            {
                await using var reader = await new TableInput(path).OpenAsync(columns: null, stop);
                chain = await Chain.OfAsync(reader, stop);
            }
            catch (DataFormatException broken)
            {
                Notice.Say($"counts as missing: {broken.Message}");
                continue;
            }
            set.Add(path, chain);
        }
        if (set.Of == 0 && of is null) throw new UserError("none of the shards is there; tell with --of how many there should be", Exit.Usage);
        if (set.Of != 0 && of is { } wanted && wanted != set.Of)
            throw new UserError($"the shards are {set.Of} parts, --of says {wanted}", Exit.BadData);
        var missing = set.Of == 0 ? [.. Enumerable.Range(0, of!.Value)] : set.Missing;
        if (missing.Count == 0) return Exit.Done;
        Console.Out.WriteLine(Ranges(missing));
        return Exit.Failed;
    }

    static string Ranges(IReadOnlyList<int> numbers)
    {
        var ranges = new List<string>();
        for (var i = 0; i < numbers.Count;)
        {
            var end = i;
            while (end + 1 < numbers.Count && numbers[end + 1] == numbers[end] + 1) end++;
            ranges.Add(end == i ? $"{numbers[i]}" : $"{numbers[i]}-{numbers[end]}");
            i = end + 1;
        }
        return string.Join(',', ranges);
    }
}
