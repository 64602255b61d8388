using System.Text;
using Anit.Cli;
using Anit.Noise;

namespace Anit.Tools.Noise;

/// <summary><c>anit-noise --list</c>: every kind with what it makes of one sentence, word under word.</summary>
static class NoiseList
{
    const string Sentence = "Give the correct answer, and only from the options.";

    public static Task<int> ShowAsync()
    {
        var width = NoiseKinds.Names.Max(name => name.Length) + 2;
        var pool = new ContextPoolBuilder(0);
        pool.Add("other"u8, "a train leaves the old station at noon"u8);
        var texts = pool.Build();
        foreach (var kind in NoiseKinds.All)
        {
            var (clean, noisy) = Aligned(Sentence, Noisy(kind, texts));
            Console.Out.WriteLine(kind.Name.PadRight(width) + kind.Help);
            Console.Out.WriteLine(new string(' ', width) + clean);
            Console.Out.WriteLine(new string(' ', width) + noisy);
        }
        return Task.FromResult(Exit.Done);
    }

    // A third of the words; the first row id under which the text changes, for the same picture every time.
    static string Noisy(NoiseDescription kind, ContextPool texts)
    {
        var setup = new NoiseSetup(new(0.3m))
        {
            Texts = texts,
            Tables = kind.Settings.Where(s => s.Required).ToDictionary(s => s.Name, s => s.Sample),
        };
        var noiser = new Noiser([new(kind.Make(setup))], seed: 1);
        return Enumerable.Range(0, 100).Select(row => noiser.Apply($"row {row}", Sentence)).FirstOrDefault(t => t != Sentence) ?? Sentence;
    }

    static (string Clean, string Noisy) Aligned(string clean, string noisy)
    {
        var (above, below) = (new StringBuilder(), new StringBuilder());
        foreach (var step in Alignment.Of(clean, noisy))
        {
            var (a, b) = (step.Change == Change.Inserted ? "" : clean[step.Clean], step.Change == Change.Deleted ? "" : noisy[step.Noisy]);
            var width = Math.Max(a.Length, b.Length) + 1;
            above.Append(a.PadRight(width));
            below.Append(b.PadRight(width));
        }
        return (above.ToString().TrimEnd(), below.ToString().TrimEnd());
    }
}
