using System.CommandLine;
using Anit.Cli;
using Anit.Tools.Reports;
using Anit.Tools.Score.Embedders;

namespace Anit.Tools.Score;

/// <summary>The options of anit-score, and the record they become.</summary>
sealed class ScoreFlags
{
    public readonly StageFlags Files = new();
    public readonly Option<string?> Method = Choices.Word("--method", Methods.Help, Methods.All);
    public readonly Option<string?> Normalize = new("--normalize")
    {
        Description = "rbe: Eq. 1 over the noisy rows (minmax, the default), share of the longer text (length), or rank.",
        HelpName = "minmax|length|rank",
    };
    public readonly Option<Word<BetaScope>> Scope =
        Choices.One("--scope", "The beta of a noisy row: the dataset's, or its own distortion", BetaScope.Dataset);
    public readonly Option<string?> ScaleFrom = new("--scale-from")
    {
        Description = "rbe: measure on the scale (d_min, d_max) of this scored table.", HelpName = "table",
    };
    public readonly EmbedderFlags Embedder = new();
    public readonly Option<Word<Segmenter>> Segmenter =
        Choices.One("--segmenter", "What a word is; use the one the noise was made with", Anit.Noise.Text.Segmenter.Auto);
    public readonly Option<string> Column = Choices.Column();
    public readonly Option<bool> Again =
        new("--again") { Description = "Replace columns distance, distortion and beta, whoever wrote them." };
    public readonly Option<string?> Manifest = new("--manifest")
    {
        Description = "Write beta and the histogram of distances to this JSON file.", HelpName = "file",
    };
    public readonly Option<string?> Report = ReportFile.Option("distances by noise, beta, aligned examples");
    public readonly Option<Shard> Shard = Tools.Shard.Option();
    public readonly Option<int> Threads = Choices.Threads();
    public readonly Option<bool> DryRun = Opt.DryRun();

    public ScoreFlags() => Normalize.AcceptOnlyFromAmong("minmax", "length", "rank");

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All =>
    [
        Files.Output, Method, Normalize, Scope, ScaleFrom, .. Embedder.All, Segmenter, Column, Again, Manifest, Report,
        Files.To, Files.Force, Files.Explain, Files.Cache, Shard, Threads, DryRun, Files.Quiet, Opt.Config(),
    ];

    /// <summary>What was asked for; options that contradict each other are an error.</summary>
    public ScoreOptions Of(ParseResult given)
    {
        var method = given.GetValue(Method)!;
        if (Wrong(given, method) is { } wrong) throw new UserError(wrong, Exit.Usage);
        given.RefuseBoth(Report, DryRun);
        given.RefuseBoth(DryRun, Embedder.Server.Estimate);
        return new()
        {
            Files = Files.Of(given), Method = method,
            Normalize = given.GetValue(Normalize) is { } name ? Enum.Parse<Normalization>(name, ignoreCase: true) : null,
            Scope = given.GetValue(Scope), ScaleFrom = given.GetValue(ScaleFrom),
            Embedder = Embedder.Of(given, given.GetValue(Threads), given.GetValue(Files.Quiet)),
            Segmenter = given.GetValue(Segmenter),
            Columns = new(given.GetValue(Column)!), Again = given.GetValue(Again), Manifest = given.GetValue(Manifest),
            Report = given.GetValue(Report), Shard = given.GetValue(Shard),
            Threads = given.GetValue(Threads), DryRun = given.GetValue(DryRun),
            OnlyEstimate = given.GetValue(Embedder.Server.Estimate), HasCostLimit = given.GetValue(Embedder.Server.MaxCost) is not null,
        };
    }

    string? Wrong(ParseResult given, string method) =>
        (method, Methods.Embeds(method), given.GetValue(Embedder.Embedder), given.GetValue(Normalize), given.GetValue(ScaleFrom)) switch
        {
            (_, true, null, _, _) => $"--method {method} needs a model; name one with --embedder {EmbedderKind.All[0].Form}",
            (_, false, not null, _, _) => $"--embedder is for --method {Methods.Lme} and {Methods.BertScore}",
            (not Methods.Rbe, _, _, not null, _) => "--normalize is for --method rbe",
            (not Methods.Rbe, _, _, _, not null) => "--scale-from is for --method rbe",
            (_, _, _, not null, not null) => "--scale-from brings its own normalisation; leave --normalize out",
            _ => Embedder.Wrong(given, tokens: method == Methods.BertScore),
        };
}
