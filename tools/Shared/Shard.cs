using System.CommandLine;
using System.Globalization;

namespace Anit.Tools;

/// <summary>One of n like parts of a table's rows, in order, so that the parts' results one after another are the whole's.</summary>
/// <remarks>Large parts begin where a batch of the whole does, so that merged they are written in the same pieces: the same bytes.</remarks>
/// <param name="Part">From 0, as a job array counts and as receipts have it.</param>
/// <param name="Of">How many parts; 0 for all rows without cutting.</param>
readonly record struct Shard(int Part, int Of)
{
    const int Batch = 8_192, Large = 4 * Batch;

    /// <summary>The rows of this part: from the first to before the last.</summary>
    public (long From, long To) Range(long rows)
    {
        if (Of == 0) return (0, rows);
        var (grid, of) = (rows / Of >= Large ? Batch : 1, Of);
        return (Begin(Part), Part + 1 == Of ? rows : Begin(Part + 1));

        long Begin(int part) => (long)((Int128)rows * part / of) / grid * grid;
    }

    /// <summary>As receipts have it; null where nothing was cut. Part 0 of 1 is one, so that a job array of one merges like any other.</summary>
    public string? Receipt => Of > 0 ? $"{Part}/{Of}" : null;

    /// <summary>As it is typed.</summary>
    public override string ToString() => $"{Part}/{Math.Max(Of, 1)}";

    /// <summary><c>--shard i/n</c>.</summary>
    public static Option<Shard> Option()
    {
        var option = new Option<Shard>("--shard")
        {
            Description = "Do only part i of n of the rows, i from 0; the parts one after another equal the whole.", HelpName = "i/n",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (text.Split('/') is [var i, var n] && Number(i, out var part) && Number(n, out var of) && part < of) return new(part, of);
                result.AddError($"--shard is {text}; expected i/n with i from 0 to n - 1, such as 0/4");
                return default;
            },
        };
        return option;
    }

    static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
