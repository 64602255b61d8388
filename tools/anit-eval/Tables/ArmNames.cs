namespace Anit.Tools.Eval.Tables;

/// <summary>Methods in the order of the table, with titles and passes: a table with the columns arm, title and passes.</summary>
sealed class ArmNames
{
    readonly List<(string Method, string? Title, string? Passes)> methods = [];

    /// <summary>Reads the table; no names for null.</summary>
    public static async Task<ArmNames> ReadAsync(string? path, CancellationToken stop)
    {
        var names = new ArmNames();
        if (path is null) return names;
        await foreach (var row in SmallTable.ReadAsync(path, ["arm", "title", "passes"], stop))
            names.methods.Add((row[0] ?? throw SmallTable.Lacks(path, "arm"), row[1], row[2]));
        return names;
    }

    /// <summary>The line of an arm called rows:method, or method alone.</summary>
    public TableLine Line(string arm)
    {
        var colon = arm.IndexOf(':', StringComparison.Ordinal);
        var (rows, method) = colon < 0 ? ("", arm) : (arm[..colon], arm[(colon + 1)..]);
        var (_, title, passes) = methods.Find(m => m.Method == method);
        return new(arm, rows, method, title ?? method, passes);
    }

    /// <summary>Where a method stands; unknown ones come last.</summary>
    public int Place(string method) => methods.FindIndex(m => m.Method == method) is >= 0 and var place ? place : methods.Count;
}
