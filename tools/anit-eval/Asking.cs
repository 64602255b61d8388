using System.Text;
using Anit.Noise;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>An instruction to ask with: its name in tables, and the row as it is asked.</summary>
/// <param name="Condition">The condition's name.</param>
/// <param name="Of">The row with that instruction.</param>
sealed record Asking(string Condition, Func<NluRow, NluRow> Of)
{
    /// <summary>What decides the instructions: the name, and for noise the version of its operator.</summary>
    public string Identity => NoisyCondition.Parse(Condition) is { } cell ? $"{Condition} version {NoiseKinds.Find(cell.Noise)?.Version}" : Condition;

    const string NothingSaid = "Please.";

    /// <summary>The names that <c>--instruction</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [Predictions.Raw, Predictions.Noisy, Predictions.Empty, Predictions.Swapped];

    /// <summary>The asking of a name that <c>--instruction</c> takes.</summary>
    public static Asking Named(string name) => new(name, name switch
    {
        Predictions.Noisy => row => row.NoisyInstruction is { } noisy ? row with { Instruction = noisy } : row,
        Predictions.Empty => row => row with { Instruction = NothingSaid },
        Predictions.Swapped => row => row with { Instruction = InstructionSet.Concise.For("", Other(row.Task))[0].Instruction },
        _ => row => row,
    });

    /// <summary>One cell of a grid of noises. The same row gets the same noise as from anit-noise with that seed; words of its options do not
    /// come in.</summary>
    public static Asking Noisy(NoisyCondition cell, NoiseDescription kind, ContextPool pool)
    {
        var noiser = new Noiser([new(kind.Make(new(new(cell.Omega)) { Texts = pool }))], cell.Seed);
        var forbidden = new Dictionary<string, ForbiddenWords>(StringComparer.Ordinal);
        return new(cell.ToString(), row =>
        {
            noiser.Apply(Encoding.UTF8.GetBytes(row.Id), Encoding.UTF8.GetBytes(row.Instruction), Labels(row.Options));
            return row with { Instruction = noiser.Text.ToString() };
        });

        ForbiddenWords? Labels(IReadOnlyList<string>? options)
        {
            if (options is not { Count: > 0 }) return null;
            var key = string.Join('\n', options);
            if (!forbidden.TryGetValue(key, out var words)) forbidden[key] = words = new(options);
            return words;
        }
    }

    static string Other(string task) => task switch
    {
        NluTask.Ner => NluTask.Classification,
        NluTask.Classification => NluTask.Ner,
        NluTask.Relations => NluTask.Aspects,
        NluTask.Aspects => NluTask.Relations,
        _ => NluTask.Ner,
    };
}
