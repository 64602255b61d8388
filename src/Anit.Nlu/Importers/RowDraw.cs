using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Anit.Nlu.Importers;

/// <summary>What is drawn for one row: by the seed and the row's id alone, so that no other row, file or split moves it.</summary>
sealed class RowDraw(ImportOptions options, string id)
{
    /// <summary>The row's id.</summary>
    public string Id => id;

    /// <summary>One of the wordings.</summary>
    public TaskWording Wording(IReadOnlyList<TaskWording> wordings)
    {
        if (wordings.Count == 1) return wordings[0];
        var state = State("wording");
        return wordings[Bootstrap.Below(wordings.Count, ref state)];
    }

    /// <summary>The labels asked for, in drawn order: all as they are, or with <see cref="ImportOptions.LabelSubsets"/> as many as a fair die
    /// says, <paramref name="gold"/> among them.</summary>
    public IReadOnlyList<string> Labels(IReadOnlyList<string> all, string? gold = null)
    {
        if (!options.LabelSubsets || all.Count < 2) return all;
        var state = State("labels");
        string[] drawn = [.. all];
        for (var i = drawn.Length - 1; i > 0; i--)
        {
            var j = Bootstrap.Below(i + 1, ref state);
            (drawn[i], drawn[j]) = (drawn[j], drawn[i]);
        }
        if (gold is null) return drawn[..(1 + Bootstrap.Below(drawn.Length, ref state))];

        // A class is chosen among two at least, and its place among them tells nothing.
        var count = 2 + Bootstrap.Below(drawn.Length - 1, ref state);
        var own = Array.IndexOf(drawn, gold);
        if (own >= count)
        {
            var place = Bootstrap.Below(count, ref state);
            (drawn[own], drawn[place]) = (drawn[place], drawn[own]);
        }
        return drawn[..count];
    }

    ulong State(string what) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Seed}\n{what}\n{id}")));
}
