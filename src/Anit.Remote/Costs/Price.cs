using System.Globalization;

namespace Anit.Remote.Costs;

/// <summary>What tokens cost, in US dollars a million: those that are sent, and those that come back.</summary>
/// <param name="Input">Dollars a million tokens sent.</param>
/// <param name="Output">Dollars a million tokens answered; 0 for vectors.</param>
public readonly record struct Price(decimal Input, decimal Output)
{
    const decimal Unit = 1_000_000;

    // OpenAI's list prices, standard tier; docs/remote.md says of when.
    static readonly Dictionary<string, Price> List = new(StringComparer.Ordinal)
    {
        ["text-embedding-3-large"] = new(0.13m, 0), ["text-embedding-3-small"] = new(0.02m, 0), ["text-embedding-ada-002"] = new(0.10m, 0),
        ["gpt-4.1"] = new(2, 8), ["gpt-4.1-mini"] = new(0.40m, 1.60m), ["gpt-4.1-nano"] = new(0.10m, 0.40m),
        ["gpt-4o"] = new(2.50m, 10), ["gpt-4o-mini"] = new(0.15m, 0.60m), ["gpt-3.5-turbo"] = new(0.50m, 1.50m),
    };

    /// <summary>The list price of a model of OpenAI's, a dated version included (<c>gpt-4o-2024-08-06</c>); null for any other.</summary>
    public static Price? Of(string model)
    {
        if (List.TryGetValue(model, out var price)) return price;
        const int Date = 11; // -2024-08-06
        return model.Length > Date && model[^Date] == '-' && List.TryGetValue(model[..^Date], out price)
            && DateOnly.TryParseExact(model[^(Date - 1)..], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? price : null;
    }

    /// <summary>Reads <c>0.13</c>, or <c>2.5,10</c> for what is sent and what comes back.</summary>
    public static bool TryParse(string text, out Price price)
    {
        price = default;
        if (text.Split(',') is not { Length: 1 or 2 } parts) return false;
        if (!Dollars(parts[0], out var input)) return false;
        var output = 0m;
        if (parts.Length == 2 && !Dollars(parts[1], out output)) return false;
        price = new(input, output);
        return true;
    }

    /// <summary>What so many tokens cost, in dollars.</summary>
    public decimal Cost(Usage usage) => (usage.Input * Input + usage.Output * Output) / Unit;

    static bool Dollars(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value <= Unit;
}

/// <summary>Tokens sent, and tokens that came back.</summary>
/// <param name="Input">Sent.</param>
/// <param name="Output">Answered.</param>
public readonly record struct Usage(long Input, long Output)
{
    /// <summary>Both.</summary>
    public long Total => Input + Output;

    /// <summary>The sum of two.</summary>
    public static Usage operator +(Usage a, Usage b) => new(a.Input + b.Input, a.Output + b.Output);

    /// <summary>The same as the operator.</summary>
    public static Usage Add(Usage a, Usage b) => a + b;
}
