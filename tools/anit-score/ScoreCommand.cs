using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Score;

/// <summary>anit-score: writes how far each noisy text moved.</summary>
static class ScoreCommand
{
    public static RootCommand Root()
    {
        var flags = new ScoreFlags();
        var root = new RootCommand("Writes how far each noisy instruction moved: columns distance, distortion and beta.") { flags.Files.Input };
        foreach (var option in flags.All) root.Options.Add(option);
        root.Example(
            "anit-noise train.parquet --noise replace | anit-score -o scored.parquet",
            "anit-score noisy.parquet --normalize length --scope row -o scored.parquet",
            "anit-score noisy.parquet --method lme --embedder model:all-MiniLM-L6-v2 -o scored.parquet",
            "anit-score test-noisy.parquet --scale-from scored.parquet -o test-scored.parquet");
        root.SetAction((given, stop) => ScoreRun.RunAsync(flags.Of(given), stop));
        return root;
    }
}
