using Anit.Remote.Wire;
using Shouldly;

namespace Anit.Remote.Tests;

/// <summary>Prices, estimates, limits, addresses: what needs no server.</summary>
public sealed class CostTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("Please list all entities.", 5)]
    [InlineData("internationalization", 3)]
    [InlineData("12345 67", 3)]
    [InlineData("中文", 2)]
    [InlineData("éàü!", 3)]
    public void Tokens_are_estimated_by_letters_digits_and_signs(string text, int tokens) => TokenEstimate.Of(text).ShouldBe(tokens);

    [Theory]
    [InlineData("text-embedding-3-large", "0.13,0")]
    [InlineData("gpt-4o-2024-08-06", "2.50,10")]
    [InlineData("gpt-4o-mini", "0.15,0.60")]
    [InlineData("gpt-4o-2024-13-06", null)]
    [InlineData("gpt-4oo", null)]
    [InlineData("llama3", null)]
    public void Prices_are_known_for_models_of_the_list_only(string model, string? price) =>
        Price.Of(model).ShouldBe(price is null ? null : Price.TryParse(price, out var known) ? known : throw new InvalidOperationException());

    [Theory]
    [InlineData("0.13", true)]
    [InlineData("2.5,10", true)]
    [InlineData("0", true)]
    [InlineData("-1", false)]
    [InlineData("1,2,3", false)]
    [InlineData("1,", false)]
    [InlineData("nan", false)]
    [InlineData("1e3", false)]
    [InlineData("", false)]
    public void A_price_is_one_number_or_two(string text, bool right) => Price.TryParse(text, out _).ShouldBe(right);

    [Fact]
    public void A_limit_refuses_what_is_estimated_to_cost_more_and_what_nobody_can_estimate()
    {
        new Budget(new Price(1, 2), 3).Check(new(1_000_000, 1_000_000));
        Should.Throw<BudgetException>(() => new Budget(new Price(1, 2), 2.99m).Check(new(1_000_000, 1_000_000))).Message
            .ShouldBe("about $3.00 (1,000,000 tokens to send, at most 1,000,000 back), more than --max-cost $2.99; nothing was asked");
        Should.Throw<BudgetException>(() => new Budget(null, 5).Check(new(1, 0))).Message.ShouldContain("--price");
        new Budget(null, null).Check(new(long.MaxValue, 0));
    }

    [Fact]
    public void Requests_under_way_count_against_the_limit()
    {
        var budget = new Budget(new Price(1_000_000, 0), 10);
        budget.Begin(new(6, 0));
        Should.Throw<BudgetException>(() => budget.Begin(new(6, 0)));
        budget.End(new(6, 0), new(4, 0));
        budget.Begin(new(6, 0));
        budget.End(new(6, 0), null); // it failed
        budget.Paid.ShouldBe(new(4, 0));
    }

    [Theory]
    [InlineData(0, "$0.00")]
    [InlineData(12.349, "$12.35")]
    [InlineData(0.0123, "$0.0123")]
    [InlineData(0.0000001, "$0.000001")]
    public void Dollars_are_read_at_a_glance(double sum, string text) => Budget.Dollars((decimal)sum).ShouldBe(text);

    [Theory]
    [InlineData(60, null, 100, "0 1 2 3")]
    [InlineData(null, 6_000, 100, "0 1 2 3")]
    [InlineData(60, 1_500, 100, "0 4 8 12")] // the stricter of the two
    [InlineData(null, null, 100, "0 0 0 0")]
    public void Requests_and_tokens_a_minute_are_spread_evenly(int? requests, int? tokens, int each, string seconds)
    {
        var pace = new Pace(requests, tokens, new Stopped());
        string.Join(' ', Enumerable.Range(0, 4).Select(_ => (pace.Take(each) - DateTimeOffset.UnixEpoch).TotalSeconds)).ShouldBe(seconds);
    }

    [Fact]
    public void A_pause_that_the_server_asks_for_holds_for_every_request()
    {
        var pace = new Pace(null, null, new Stopped());
        pace.Pause(TimeSpan.FromSeconds(5));
        pace.Pause(TimeSpan.FromSeconds(3));
        pace.Take(1).ShouldBe(DateTimeOffset.UnixEpoch.AddSeconds(5));
    }

    [Theory]
    [InlineData(null, "https://api.openai.com/v1", "")]
    [InlineData("https://api.openai.com/v1/", "https://api.openai.com/v1", "")]
    [InlineData("http://localhost:11434", "http://localhost:11434/v1", "@")]
    [InlineData("http://host:8000/proxy/v1", "http://host:8000/proxy/v1", "@")]
    public void An_address_is_what_users_paste(string? url, string address, string identity)
    {
        var endpoint = Endpoint.Of(url);
        endpoint.ToString().ShouldBe(address);
        endpoint.Service("embeddings").ToString().ShouldBe(address + "/embeddings");
        (endpoint.Identity.Length > 0 ? "@" : "").ShouldBe(identity);
        endpoint.Identity.ShouldNotContain("localhost");
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost:8000")]
    [InlineData("ftp://host/v1")]
    [InlineData("http://user:secret@host/v1")]
    [InlineData("http://host/v1?key=secret")]
    [InlineData("/v1")]
    public void Other_addresses_are_refused(string url) => Should.Throw<ArgumentException>(() => Endpoint.Of(url));

    [Theory]
    [InlineData(" sk-1\n", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_key_is_trimmed_and_may_be_missing(string? value, bool isSet)
    {
        Environment.SetEnvironmentVariable("ANIT_TEST_SOME_KEY", value);
        ApiKey.From("ANIT_TEST_SOME_KEY").IsSet.ShouldBe(isSet);
    }

    [Fact]
    public void A_key_that_no_header_can_carry_is_refused_by_its_variable_and_not_shown()
    {
        Environment.SetEnvironmentVariable("ANIT_TEST_BAD_KEY", "sk-1\nsk-2");
        var error = Should.Throw<ArgumentException>(() => ApiKey.From("ANIT_TEST_BAD_KEY"));
        error.Message.ShouldStartWith("ANIT_TEST_BAD_KEY holds ");
        error.Message.ShouldNotContain("sk-");
    }

    sealed class Stopped : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
