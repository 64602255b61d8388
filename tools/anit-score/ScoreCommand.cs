using System.CommandLine;
using Anit.Cli;
using Anit.Tools.Reports;
using Anit.Tools.Score.Embedders;

namespace Anit.Tools.Score;

/// <summary>anit-score: writes how far each noisy text moved.</summary>
static class ScoreCommand
{
    public static RootCommand Root()
    {
        var files = new StageFlags();
        var method = Choices.Word("--method", Methods.Help, Methods.All);
        var normalize = new Option<string?>("--normalize")
        {
            Description = "rbe: Eq. 1 over the noisy rows (minmax, the default), share of the longer text (length), or rank.",
            HelpName = "minmax|length|rank",
        };
        normalize.AcceptOnlyFromAmong("minmax", "length", "rank");
        var scope = Choices.One("--scope", "The beta of a noisy row: the dataset's, or its own distortion", BetaScope.Dataset);
        var scale = new Option<string?>("--scale-from")
        {
            Description = "rbe: measure on the scale (d_min, d_max) of this scored table.", HelpName = "table",
        };
        var embedder = new EmbedderFlags();
        var segmenter = Choices.One("--segmenter", "What a word is; use the one the noise was made with", Segmenter.Auto);
        var column = Choices.Column();
        var again = new Option<bool>("--again") { Description = "Replace columns distance, distortion and beta, whoever wrote them." };
        var manifest = new Option<string?>("--manifest")
        {
            Description = "Write beta and the histogram of distances to this JSON file.", HelpName = "file",
        };
        var report = ReportFile.Option("distances by noise, beta, aligned examples");
        var shard = Shard.Option();
        var threads = Choices.Threads();
        var dryRun = Opt.DryRun();

        var root = new RootCommand("Writes how far each noisy instruction moved: columns distance, distortion and beta.")
        {
            files.Input, files.Output, method, normalize, scope, scale, embedder.Embedder, embedder.Prompt, embedder.Prefix, embedder.Dtype,
            embedder.Device, segmenter, column, again, manifest, report, files.To, files.Force, files.Explain, files.Cache, shard, threads, dryRun,
            files.Quiet, Opt.Config(),
        };
        root.Example(
            "anit-noise train.parquet --noise replace | anit-score -o scored.parquet",
            "anit-score noisy.parquet --normalize length --scope row -o scored.parquet",
            "anit-score noisy.parquet --method lme --embedder model:all-MiniLM-L6-v2 -o scored.parquet",
            "anit-score test-noisy.parquet --scale-from scored.parquet -o test-scored.parquet");
        root.SetAction((given, stop) =>
        {
            var (name, embeds) = (given.GetValue(method)!, Methods.Embeds(given.GetValue(method)!));
            string? wrong = (name, embeds, given.GetValue(embedder.Embedder), given.GetValue(normalize), given.GetValue(scale)) switch
            {
                (_, true, null, _, _) => $"--method {name} needs a model; name one with --embedder {EmbedderKind.All[0].Form}",
                (_, false, not null, _, _) => $"--embedder is for --method {Methods.Lme} and {Methods.BertScore}",
                (not Methods.Rbe, _, _, not null, _) => "--normalize is for --method rbe",
                (not Methods.Rbe, _, _, _, not null) => "--scale-from is for --method rbe",
                (_, _, _, not null, not null) => "--scale-from brings its own normalisation; leave --normalize out",
                _ => embedder.Wrong(given, tokens: name == Methods.BertScore),
            };
            given.RefuseBoth(report, dryRun);
            if (wrong is not null) throw new UserError(wrong, Exit.Usage);
            return ScoreRun.RunAsync(Options(given), stop);
        });
        return root;

        ScoreOptions Options(ParseResult given) => new()
        {
            Files = files.Of(given), Method = given.GetValue(method)!,
            Normalize = given.GetValue(normalize) is { } name ? Enum.Parse<Normalization>(name, ignoreCase: true) : null,
            Scope = given.GetValue(scope), ScaleFrom = given.GetValue(scale), Embedder = embedder.Of(given, given.GetValue(threads)),
            Segmenter = given.GetValue(segmenter),
            Columns = new(given.GetValue(column)!), Again = given.GetValue(again), Manifest = given.GetValue(manifest),
            Report = given.GetValue(report), Shard = given.GetValue(shard),
            Threads = given.GetValue(threads), DryRun = given.GetValue(dryRun),
        };
    }
}
