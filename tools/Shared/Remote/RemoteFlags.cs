using System.CommandLine;
using Anit.Cli;
using Anit.Remote;

namespace Anit.Tools;

/// <summary>The options for a server that speaks OpenAI's protocol. What belongs to Anit.Remote stands in methods of its own, so that nothing of it
/// is loaded before a server is named.</summary>
sealed class RemoteFlags
{
    readonly string verb, address;

    public readonly Option<int> Retries = Opt.Count("--retries", "server: how often a request is repeated after a passing fault (429, 5xx, a lost "
        + "connection).", 6, from: 0, to: 100);
    public readonly Option<double> Timeout = Opt.Number("--timeout", "server: seconds a request may take.", 120, 0.001, 86_400);
    public readonly Option<int?> Requests = Opt.OptionalCount("--requests-per-minute", "server: no more requests a minute than this.", from: 1);
    public readonly Option<int?> Tokens = Opt.OptionalCount("--tokens-per-minute",
        "server: no more tokens a minute than this, as estimated.", from: 1);
    public readonly Option<string?> Price = new("--price")
    {
        Description = "server: US dollars a million tokens, sent and answered; OpenAI's models have their list price.", HelpName = "in[,out]",
    };
    public readonly Option<bool> Estimate = new("--estimate") { Description = "server: only say how many tokens it takes and what they cost." };
    public readonly Option<double?> MaxCost = Opt.Number("--max-cost", "server: spend no more US dollars than this.", 0, 1e9);
    public readonly Option<string> KeyFrom = new("--key-from")
    {
        Description = "server: the environment variable that holds the key.", HelpName = "variable", DefaultValueFactory = _ => "OPENAI_API_KEY",
    };

    /// <summary>The options.</summary>
    /// <param name="verb">What asks a server, for the message that an option has no effect without it.</param>
    /// <param name="address">How its address is given, for the message that OpenAI's own wants a key.</param>
    public RemoteFlags(string verb, string address)
    {
        (this.verb, this.address) = (verb, address);
        Price.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !IsPrice(text))
                result.AddError($"--price is {text}; expected dollars a million tokens, as 0.13, or 2.5,10 for what is sent and what comes back");
        });
        KeyFrom.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && (name.Length == 0 || name.Contains('=', StringComparison.Ordinal)))
                result.AddError($"--key-from is {name}; expected the name of an environment variable, never a key itself");
        });
    }

    /// <summary>All of them.</summary>
    public Option[] All => [KeyFrom, Retries, Timeout, Requests, Tokens, Price, Estimate, MaxCost];

    /// <summary>An option for the server's address.</summary>
    public static Option<string?> Address(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "url" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } url && Endpoint.TryOf(url, out var wrong) is null)
                result.AddError($"{name} is {url}; {wrong}");
        });
        return option;
    }

    /// <summary>Refuses these options, and others of the kind, where no server is asked.</summary>
    public void RefuseAll(ParseResult given, params Option[] others)
    {
        if (All.Concat(others).FirstOrDefault(given.Has) is { } option)
            throw new UserError($"{option.Name} is for {verb}; name one, or leave it out", Exit.Usage);
    }

    /// <summary>The server, ready to be asked.</summary>
    /// <param name="given">The command line.</param>
    /// <param name="url">Its address; null for OpenAI's own.</param>
    public RemoteClient Client(ParseResult given, string? url)
    {
        var endpoint = Endpoint.Of(url);
        var key = ApiKey.TryFrom(given.GetRequiredValue(KeyFrom), out var wrong) ?? throw new UserError(wrong, Exit.Usage);
        if (endpoint.IsOpenAI && !key.IsSet && !given.GetValue(Estimate))
            throw new UserError($"{key.Variable} is not set; set it to your key, or name a server of your own with {address}", Exit.Usage);
        return new(endpoint, key, new()
        {
            Retries = given.GetValue(Retries), Timeout = TimeSpan.FromSeconds(given.GetValue(Timeout)),
            RequestsPerMinute = given.GetValue(Requests), TokensPerMinute = given.GetValue(Tokens),
        });
    }

    /// <summary>What may be spent on a model.</summary>
    public Budget Budget(ParseResult given, string model) => new(
        given.GetValue(Price) is { } text && Anit.Remote.Costs.Price.TryParse(text, out var price) ? price : Anit.Remote.Costs.Price.Of(model),
        given.GetValue(MaxCost) is { } most ? (decimal)most : null);

    static bool IsPrice(string text) => Anit.Remote.Costs.Price.TryParse(text, out _);
}
