using System.Runtime.CompilerServices;
using System.Text;

namespace Anit.Models.Jinja;

/// <summary>One rendering of a template: what is printed so far, where it stands, and how much more it may do.</summary>
/// <remarks>A template comes with a model, from anywhere: no template may hang the process, take its memory or overflow its stack.</remarks>
sealed class Rendering
{
    /// <summary>Characters of the longest string, the output included.</summary>
    public const int LongestText = 1 << 25;

    /// <summary>Items of the longest list.</summary>
    public const int LongestList = 1 << 22;

    const long MostWork = 1L << 25; // passes of loops, calls, comparisons: a few seconds
    const long MostText = 1L << 30; // characters of all strings made on the way

    StringBuilder output = new();
    long work, made;
    int printed; // in the buffers around the current one

    /// <summary>Line of what is being evaluated, for messages.</summary>
    public int Line { get; set; }

    /// <summary>What was printed.</summary>
    public string Output => output.ToString();

    /// <summary>Prints.</summary>
    public void Print(string text)
    {
        if ((long)printed + output.Length + text.Length > LongestText) throw new Fault($"the output is longer than {LongestText:N0} characters");
        output.Append(text);
    }

    /// <summary>What an action prints, as a string.</summary>
    public string Capture(Action action)
    {
        var outer = output;
        (output, printed) = (new(), printed + outer.Length);
        try
        {
            action();
            return Made(output.ToString());
        }
        finally
        {
            (output, printed) = (outer, printed - outer.Length);
        }
    }

    /// <summary>Counts work.</summary>
    public void Spend(long units = 1)
    {
        work += units;
        if (work > MostWork) throw new Fault($"the template does not come to an end: {MostWork:N0} steps were not enough");
    }

    /// <summary>Counts a string that was made.</summary>
    public string Made(string text)
    {
        Room(text.Length);
        return text;
    }

    /// <summary>Makes sure that a string of a length may be made.</summary>
    public void Room(long length)
    {
        made += length;
        if (length > LongestText) throw new Fault($"a string would be longer than {LongestText:N0} characters");
        if (made > MostText) throw new Fault($"the template makes strings without end: more than {MostText:N0} characters");
    }

    /// <summary>Makes sure that a list of a length may be made.</summary>
    public void RoomForItems(long count)
    {
        if (count > LongestList) throw new Fault($"a list would be longer than {LongestList:N0} items");
        Spend(count);
    }

    /// <summary>A list of items, counted.</summary>
    public List<object?> List(IEnumerable<object?> items)
    {
        var list = new List<object?>();
        foreach (var item in items)
        {
            Spend();
            list.Add(item);
            if (list.Count > LongestList) RoomForItems(list.Count);
        }
        return list;
    }

    /// <summary>Refuses to go deeper where the stack ends.</summary>
    public static void Deeper()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new Fault("the template calls itself, or nests values, without end");
    }
}

/// <summary>Names and what they stand for, inside the scope around.</summary>
sealed class Scope(Scope? around)
{
    readonly Dictionary<string, object?> names = new(StringComparer.Ordinal);

    /// <summary>Gives a name its value here.</summary>
    public object? this[string name]
    {
        set => names[name] = value;
    }

    /// <summary>The value of a name, here or around.</summary>
    public object? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Around)
            if (scope.names.TryGetValue(name, out var value)) return value;
        return new Undefined(name);
    }

    Scope? Around => around;
}
