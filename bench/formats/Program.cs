// bench-formats [rounds [word...]]   all contests, or those whose name holds every word; a tool's name leaves the others out
// bench-formats write|read|copy ...                  one of our jobs, for the contest (see Jobs.cs)
// bench-formats table ROWS FILE                      the table alone, for other benchmarks

using System.Globalization;
using Anit.Bench;
using Anit.Data;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["write" or "read" or "copy", ..]:
        await Jobs.ServeAsync(args[0], args[1], args[2], args.ElementAtOrDefault(3));
        break;
    case ["table", var rows, var path]:
        await using (var table = Table.Create(path, BenchTable.Schema))
        {
            foreach (var batch in BenchTable.Batches(int.Parse(rows), 8_192)) await table.WriteAsync(batch);
            await table.FinishAsync();
        }
        break;
    default:
        var folder = Path.Combine(AppContext.BaseDirectory, "table");
        await new Bench(folder, rows: 500_000, rounds: args.Length > 0 ? int.Parse(args[0]) : 5, only: args.Length > 1 ? args[1..] : []).RunAsync();
        break;
}
