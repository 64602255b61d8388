using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Eval;

/// <summary>The options that let a server answer, instead of a model on this machine.</summary>
sealed class EndpointFlags
{
    const string Name = "--endpoint";

    readonly RemoteFlags server = new($"{Name} URL", $"{Name} URL");

    public readonly Option<string?> Url = RemoteFlags.Address(Name,
        "Ask a server that speaks OpenAI's protocol (vLLM, Ollama, llama.cpp, OpenAI), as http://localhost:8000/v1.");

    public readonly Option<bool> Completions = new("--completions")
    {
        Description = "server: let the model go on with the prompt (/completions) instead of answering it (/chat/completions).",
    };

    public readonly Option<int> Concurrency = Opt.Count("--concurrency", "server: requests under way at a time.", 8, to: 256);

    /// <summary>Only say what it costs.</summary>
    public Option<bool> Estimate => server.Estimate;

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All => [Url, Completions, Concurrency, .. server.All];

    /// <summary>Whether a server is named; then options that speak of a model on this machine are refused, else those that speak of a
    /// server.</summary>
    /// <param name="given">The command line.</param>
    /// <param name="local">Options that speak of a model on this machine.</param>
    public bool Named(ParseResult given, params Option[] local)
    {
        if (given.GetValue(Url) is null) server.RefuseAll(given, Completions, Concurrency);
        else if (local.FirstOrDefault(given.Has) is { } idle)
            throw new UserError($"{idle.Name} has no effect with {Name}: the server decides; leave it out", Exit.Usage);
        return given.GetValue(Url) is not null;
    }

    /// <summary>Whether only the cost is asked for.</summary>
    public bool OnlyEstimate(ParseResult given) => given.GetValue(server.Estimate);

    /// <summary>The model behind the server.</summary>
    /// <param name="given">The command line.</param>
    /// <param name="model">The model's name there.</param>
    /// <param name="prompt">How a row becomes a prompt.</param>
    /// <param name="newTokens">Tokens an answer may have.</param>
    /// <param name="files">The stage's options: cache, quiet.</param>
    public RemoteAnswers Open(ParseResult given, string model, PromptChoice prompt, int newTokens, StageFlags files)
    {
        if (prompt.IsChat && given.GetValue(Completions))
            throw new UserError("--completions sends the prompt as it is, and --prompt chat needs the model's chat template; leave one of them out",
                Exit.Usage);
        var client = server.Client(given, given.GetValue(Url));
        var cache = given.GetValue(files.Cache) ?? Environment.GetEnvironmentVariable("ANIT_CACHE");
        var folder = cache is { Length: > 0 } ? AnswerCache.In(cache) : AnswerCache.UsualFolder;
        var how = new RemoteChoices(model, prompt, newTokens, given.GetValue(Concurrency), given.GetValue(server.MaxCost) is not null,
            given.GetValue(files.Quiet));
        return new(how, client, new(client, model, given.GetValue(Completions), new(folder), server.Budget(given, model)) { System = prompt.System });
    }
}
