using Anit.Cli;

namespace Anit.Tools;

/// <summary>What a server costs, in the user's words.</summary>
static class Bill
{
    /// <summary>Prints what <c>--estimate</c> is asked for.</summary>
    /// <param name="what">What is asked for, in the plural: texts.</param>
    /// <param name="asked">How many are to be asked for.</param>
    /// <param name="known">How many are on disk already.</param>
    /// <param name="usage">Tokens they may take.</param>
    /// <param name="price">What tokens cost.</param>
    public static void Show(string what, long asked, long known, Usage usage, Price? price)
    {
        Console.Out.WriteLine($"{asked:N0} {what} to ask for, {known:N0} on disk already");
        Console.Out.WriteLine($"about {usage.Input:N0} tokens to send{(usage.Output > 0 ? $", at most {usage.Output:N0} back" : "")}");
        Console.Out.WriteLine(price is not { } cost ? "no price is known for this model; give one with --price, 0 for a server of your own"
            : $"{(usage.Output > 0 ? "at most " : "")}about {Budget.Dollars(cost.Cost(usage))}");
        Console.Out.Flush();
    }

    /// <summary>Says what was paid; nothing where no request was made.</summary>
    public static void Say(Budget budget, bool quiet)
    {
        if (quiet || budget.Requests == 0) return;
        var (paid, cost) = (budget.Paid, budget.Price is { } price ? $", {Budget.Dollars(price.Cost(budget.Paid))}" : "");
        Notice.Say($"{budget.Requests:N0} requests, {paid.Input:N0} tokens sent{(paid.Output > 0 ? $", {paid.Output:N0} back" : "")}{cost}");
    }

    /// <summary>Lets remote work end as the tools end: a limit of cost is a failed run, and a signal waits for the answer that is paid for.</summary>
    public static async Task<T> Guard<T>(Func<Task<T>> work)
    {
        using var hold = Signals.Hold();
        try { return await work(); }
        catch (BudgetException error) { throw new UserError(error.Message); }
    }

    /// <summary>Refuses work that is estimated to cost more than <c>--max-cost</c>.</summary>
    public static void Check(Budget budget, Usage estimate)
    {
        try { budget.Check(estimate); }
        catch (BudgetException error) { throw new UserError(error.Message); }
    }
}
