using System.Globalization;
using System.Text.Json;

namespace Anit.Remote.Costs;

/// <summary>Counts what was paid, and lets no request begin that could go beyond the limit. Safe for several threads.</summary>
/// <param name="price">What tokens cost; null when unknown.</param>
/// <param name="most">Dollars that may be spent; null for no limit.</param>
public sealed class Budget(Price? price = null, decimal? most = null)
{
    readonly Lock gate = new();
    Usage paid, underWay;

    /// <summary>What tokens cost; null when unknown.</summary>
    public Price? Price => price;

    /// <summary>Tokens that were paid for so far, as the server counted them, or as estimated where it does not count.</summary>
    public Usage Paid
    {
        get { lock (gate) return paid; }
    }

    /// <summary>Requests that were answered so far.</summary>
    public long Requests { get; private set; }

    /// <summary>Refuses work that is estimated to cost more than may be spent.</summary>
    /// <exception cref="BudgetException">It would, or nobody can tell.</exception>
    public void Check(Usage estimate)
    {
        if (most is not { } limit) return;
        if (price is not { } known)
            throw new BudgetException("there is a limit of cost, but no price is known for this model; give one with --price");
        if (known.Cost(estimate) is var cost && cost > limit)
            throw new BudgetException($"about {Dollars(cost)} ({estimate.Input:N0} tokens to send, at most {estimate.Output:N0} back), "
                + $"more than --max-cost {Dollars(limit)}; nothing was asked");
    }

    /// <summary>Takes the estimate of a request from what is left, before it is sent.</summary>
    /// <exception cref="BudgetException">Not enough is left.</exception>
    public void Begin(Usage estimate)
    {
        lock (gate)
        {
            if (most is { } limit && price is { } known && known.Cost(paid + underWay + estimate) is var cost && cost > limit)
                throw new BudgetException($"{Dollars(known.Cost(paid))} are spent, and the next request could go beyond --max-cost {Dollars(limit)}; "
                    + "what was answered is kept, raise it to go on");
            underWay += estimate;
        }
    }

    /// <summary>The request's reply is there, or it failed: the server's own count takes the place of the estimate.</summary>
    public void End(Usage estimate, Usage? counted)
    {
        lock (gate)
        {
            underWay = new(underWay.Input - estimate.Input, underWay.Output - estimate.Output);
            if (counted is not { } used) return;
            paid += used;
            Requests++;
        }
    }

    /// <summary>The server's count in a reply (<c>usage</c>), or the estimate.</summary>
    internal static Usage Counted(JsonElement reply, Usage estimate)
    {
        if (reply.ValueKind != JsonValueKind.Object || !reply.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
            return estimate;
        return new(Count("prompt_tokens") ?? estimate.Input, Count("completion_tokens") ?? estimate.Output);

        long? Count(string name) => usage.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var count) && count >= 0 ? count : null;
    }

    /// <summary>Dollars as a user reads them, small sums to three digits.</summary>
    public static string Dollars(decimal sum) => "$" + (sum is 0 or >= 0.10m ? sum.ToString("0.00", CultureInfo.InvariantCulture)
        : sum < 0.000001m ? "0.000001" : sum.ToString("0.000000", CultureInfo.InvariantCulture).TrimEnd('0'));
}

/// <summary>The limit of cost forbids the work; the message is one line for the user.</summary>
public sealed class BudgetException(string message) : Exception(message);
