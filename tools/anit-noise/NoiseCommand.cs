using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Noise;

/// <summary>anit-noise: makes a column noisy with exact strength and seed.</summary>
static class NoiseCommand
{
    public static RootCommand Root()
    {
        var flags = new NoiseFlags();
        var root = new RootCommand("Makes the instructions of a dataset noisy: exact strength, exact share, same noise for the same seed and row id.")
        {
            flags.Files.Input,
        };
        foreach (var option in flags.All) root.Options.Add(option);
        root.Example(
            "anit-noise train.parquet --noise replace --omega 0.2 --phi 0.5 --seed 42 -o noisy.parquet",
            "anit-noise train.parquet --noise replace:2,shuffle:1 --dry-run",
            "anit-noise --list",
            "anit-noise train.parquet --noise insert | anit-score -o scored.parquet");
        root.SetAction((given, stop) => given.GetValue(flags.List) ? NoiseList.ShowAsync() : NoiseRun.RunAsync(flags.Of(given), stop));
        return root;
    }
}
