using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Score;

/// <summary>How distortion is estimated.</summary>
enum Method
{
    /// <summary>By rule: word-level edit distance.</summary>
    Rbe,

    /// <summary>By a language model: vectors of both texts.</summary>
    Lme,
}

/// <summary>What the user asked anit-score to do.</summary>
sealed record ScoreOptions
{
    public required StageIO Files { get; init; }
    public Method Method { get; init; }
    public Normalization? Normalize { get; init; }
    public BetaScope Scope { get; init; }
    public string? ScaleFrom { get; init; }
    public string? Vectors { get; init; }
    public Segmenter Segmenter { get; init; }
    public required TableColumns Columns { get; init; }
    public bool Again { get; init; }
    public string? Manifest { get; init; }
    public Shard Shard { get; init; }
    public int Threads { get; init; }
    public bool DryRun { get; init; }
}

/// <summary>anit-score: writes how far each noisy text moved.</summary>
static class ScoreCommand
{
    public static RootCommand Root()
    {
        var files = new StageFlags();
        var method = Choices.One("--method", "Word-level edit distance, or vectors of a language model", Method.Rbe);
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
        var vectors = new Option<string?>("--vectors")
        {
            Description = "lme: table of vectors made beforehand, columns text and vector.", HelpName = "table",
        };
        var segmenter = Choices.One("--segmenter", "What a word is; use the one the noise was made with", Segmenter.Auto);
        var column = Choices.Column();
        var again = new Option<bool>("--again") { Description = "Replace columns distance, distortion and beta, whoever wrote them." };
        var manifest = new Option<string?>("--manifest")
        {
            Description = "Write beta and the histogram of distances to this JSON file.", HelpName = "file",
        };
        var shard = Shard.Option();
        var threads = Choices.Threads();
        var dryRun = Opt.DryRun();

        var root = new RootCommand("Writes how far each noisy instruction moved: columns distance, distortion and beta.")
        {
            files.Input, files.Output, method, normalize, scope, scale, vectors, segmenter, column, again, manifest, files.To, files.Force,
            files.Explain, files.Cache, shard, threads, dryRun, files.Quiet, Opt.Config(),
        };
        root.Example(
            "anit-noise train.parquet --noise replace | anit-score -o scored.parquet",
            "anit-score noisy.parquet --normalize length --scope row -o scored.parquet",
            "anit-score test-noisy.parquet --scale-from scored.parquet -o test-scored.parquet");
        root.SetAction((given, stop) =>
        {
            var lme = given.GetValue(method) == Method.Lme;
            var name = given.GetValue(normalize);
            string? wrong = (lme, given.GetValue(vectors), name, given.GetValue(scale)) switch
            {
                (true, null, _, _) => "--method lme needs vectors; make them with any embedding model and pass --vectors table",
                (false, not null, _, _) => "--vectors is for --method lme",
                (true, _, not null, _) => "--normalize is for --method rbe",
                (true, _, _, not null) => "--scale-from is for --method rbe",
                (_, _, not null, not null) => "--scale-from brings its own normalisation; leave --normalize out",
                _ => null,
            };
            if (wrong is not null) throw new UserError(wrong, Exit.Usage);
            return ScoreRun.RunAsync(Options(given), stop);
        });
        return root;

        ScoreOptions Options(ParseResult given) => new()
        {
            Files = files.Of(given), Method = given.GetValue(method),
            Normalize = given.GetValue(normalize) is { } name ? Enum.Parse<Normalization>(name, ignoreCase: true) : null,
            Scope = given.GetValue(scope), ScaleFrom = given.GetValue(scale), Vectors = given.GetValue(vectors),
            Segmenter = given.GetValue(segmenter),
            Columns = new(given.GetValue(column)!), Again = given.GetValue(again), Manifest = given.GetValue(manifest), Shard = given.GetValue(shard),
            Threads = given.GetValue(threads), DryRun = given.GetValue(dryRun),
        };
    }
}
