using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Score.Embedders;

/// <summary>What the word before the colon of <c>--embedder</c> stands for.</summary>
/// <param name="Name">The word.</param>
/// <param name="Form">How the whole is written: <c>model:DIR</c>.</param>
/// <param name="Help">What it is, in a few words.</param>
/// <param name="OpenAsync">Opens it; what is dear, a model's weights say, waits until the first text comes.</param>
sealed record EmbedderKind(string Name, string Form, string Help, Func<EmbedderSetup, CancellationToken, Task<Embedder>> OpenAsync)
{
    /// <summary>Every kind there is. Their classes stand in lambdas, so that no engine is loaded before it is asked for.</summary>
    public static IReadOnlyList<EmbedderKind> All { get; } =
    [
        new("model", "model:DIR", "a folder of sentence-transformers or of a causal language model",
            (setup, _) => Task.FromResult(ModelEmbedder.Open(setup).AsEmbedder())),
        new("openai", "openai[:MODEL]", "a model behind a server that speaks OpenAI's protocol",
            (setup, _) => Task.FromResult(RemoteEmbedder.Open(setup)))
        {
            IsServer = true,
        },
        new("file", "file:TABLE", "a table of vectors made beforehand, columns text and vector", (setup, stop) => FileEmbedder.OpenAsync(setup, stop))
        {
            IsTable = true,
        },
    ];

    /// <summary>Whether the place is a table of vectors: nothing to compute or pay, so nothing to keep.</summary>
    public bool IsTable { get; init; }

    /// <summary>Whether a server is asked, whose vectors are paid for: they are kept on disk even where no cache is named.</summary>
    public bool IsServer { get; init; }

    /// <summary>Whether something must stand behind the colon.</summary>
    bool WantsPlace => !Form.Contains("[:", StringComparison.Ordinal);

    /// <summary>The kind and the place of a specification.</summary>
    /// <exception cref="UserError">It is none.</exception>
    public static (EmbedderKind Kind, string Place) Of(string spec)
    {
        var (name, place) = spec.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (spec[..colon], spec[(colon + 1)..]) : (spec, "");
        if (All.FirstOrDefault(k => k.Name == name) is { } kind && (place.Length > 0 || !kind.WantsPlace))
            return (kind, place);
        throw new UserError($"--embedder is {spec}; expected {string.Join(" or ", All.Select(k => k.Form))}"
            + (Nearest.Of(name, [.. All.Select(k => k.Name)]) is { } near && near != name ? $"; did you mean {near}:?" : ""), Exit.Usage);
    }
}

/// <summary>What an embedder is opened with.</summary>
/// <param name="Place">What stands behind the colon.</param>
/// <param name="Given">The command line.</param>
/// <param name="Flags">Its options for embedders.</param>
/// <param name="Threads">How many threads to use.</param>
/// <param name="Quiet">Say nothing.</param>
sealed record EmbedderSetup(string Place, ParseResult Given, EmbedderFlags Flags, int Threads, bool Quiet);

/// <summary>The options of <c>--method lme</c>.</summary>
sealed class EmbedderFlags
{
    public readonly Option<string?> Embedder = new("--embedder")
    {
        Description = "lme: where vectors come from: " + string.Join(", or ", EmbedderKind.All.Select(k => $"{k.Form}, {k.Help}")) + ".",
        HelpName = "spec",
    };

    public readonly Option<string?> Prompt = new("--prompt")
    {
        Description = "lme, model: which of the model's own prompts stands before each text (the default one of its folder, if any).",
        HelpName = "name",
    };

    public readonly Option<string?> Prefix = new("--prefix")
    {
        Description = "lme, model: put this before each text, instead of a prompt.", HelpName = "text",
    };

    public readonly Option<string?> Dtype = Choices.Word("--dtype", "lme, model: element type of the weights", ["float32", "bfloat16"]);

    public readonly Option<string> Device = DeviceOption.Make();

    public readonly Option<string?> Url = RemoteFlags.Address("--endpoint",
        "lme, openai: the server's address (vLLM, Ollama, llama.cpp), as http://localhost:8000/v1; OpenAI's own when absent.");

    public readonly Option<int?> Dimensions = Opt.OptionalCount("--dimensions",
        "lme, openai: numbers of a vector, for models that can shorten theirs.", from: 1);

    public readonly RemoteFlags Server = new("--embedder openai", "--endpoint URL");

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All => [Embedder, Prompt, Prefix, Dtype, Device, Url, Dimensions, .. Server.All];

    /// <summary>What <c>--embedder</c> names; null where it is not given.</summary>
    /// <exception cref="UserError">It is no embedder.</exception>
    public (EmbedderKind Kind, EmbedderSetup Setup)? Of(ParseResult given, int threads, bool quiet)
    {
        if (given.GetValue(Embedder) is not { } spec) return null;
        var (kind, place) = EmbedderKind.Of(spec);
        return (kind, new(place, given, this, threads, quiet));
    }

    /// <summary>What does not go together, or null.</summary>
    /// <param name="given">The command line.</param>
    /// <param name="tokens">Whether token states are wanted, which only a model on this machine gives.</param>
    public string? Wrong(ParseResult given, bool tokens)
    {
        var spec = given.GetValue(Embedder);
        Option[] ofModels = [Prompt, Prefix, Dtype, Device];
        if (ofModels.FirstOrDefault(o => given.GetResult(o) is { Implicit: false }) is { } option
            && (spec is null || EmbedderKind.Of(spec).Kind.Name != "model"))
            return $"{option.Name} is for --embedder model:DIR";
        if (spec is null || !EmbedderKind.Of(spec).Kind.IsServer) Server.RefuseAll(given, Url, Dimensions);
        if (tokens && spec is not null && EmbedderKind.Of(spec).Kind.Name != "model")
            return $"--method {Methods.BertScore} wants the states of tokens, which only --embedder model:DIR gives";
        var both = given.GetValue(Prompt) is not null && given.GetValue(Prefix) is not null;
        return both ? "--prefix takes the prompt's place; leave --prompt out" : null;
    }
}
