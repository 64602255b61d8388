namespace Anit.Remote;

/// <summary>A key from the environment. It goes into the header of requests and nowhere else: it does not show itself, and texts of servers that
/// repeat it are cleaned.</summary>
public sealed class ApiKey
{
    /// <summary>The variable that OpenAI's own clients read.</summary>
    public const string UsualVariable = "OPENAI_API_KEY";

    ApiKey(string variable, string? secret) => (Variable, Secret) = (variable, secret);

    /// <summary>The key in a variable of the environment, or none where it is not set or empty.</summary>
    /// <exception cref="ArgumentException">It has characters that no header can carry.</exception>
    public static ApiKey From(string variable = UsualVariable) =>
        TryFrom(variable, out var wrong) ?? throw new ArgumentException(wrong, nameof(variable));

    /// <summary>The same; null where its characters are no key's, and then what is wrong.</summary>
    public static ApiKey? TryFrom(string variable, out string wrong)
    {
        wrong = $"{variable} holds a space, a line break or a letter that no key has; set it to the key alone";
        var secret = Environment.GetEnvironmentVariable(variable)?.Trim();
        return secret?.Any(c => c is < '!' or > '~') == true ? null : new(variable, string.IsNullOrEmpty(secret) ? null : secret);
    }

    /// <summary>Whose value it is, for messages.</summary>
    public string Variable { get; }

    /// <summary>Whether there is one.</summary>
    public bool IsSet => Secret is not null;

    internal string? Secret { get; }

    /// <summary>A text without the key.</summary>
    internal string Hide(string text) => Secret is null ? text : text.Replace(Secret, "[key]", StringComparison.Ordinal);

    /// <summary>The variable's name, never the key.</summary>
    public override string ToString() => Variable;
}
