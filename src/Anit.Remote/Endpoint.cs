using System.Security.Cryptography;
using System.Text;

namespace Anit.Remote;

/// <summary>Where a server speaks OpenAI's protocol: <c>https://api.openai.com/v1</c>, <c>http://localhost:8000/v1</c>.</summary>
public sealed class Endpoint
{
    /// <summary>OpenAI's own address.</summary>
    public const string OpenAI = "https://api.openai.com/v1";

    const int DigitsOfIdentity = 12;

    readonly Uri root;

    Endpoint(Uri root) => this.root = root;

    /// <summary>The endpoint of an address; a host alone, as <c>http://localhost:11434</c>, gets the path <c>/v1</c> that all servers have.</summary>
    /// <param name="url">The address; null for <see cref="OpenAI"/>.</param>
    /// <exception cref="ArgumentException">It is no http address, or holds a user, a password, a query or a fragment.</exception>
    public static Endpoint Of(string? url) => TryOf(url, out var wrong) ?? throw new ArgumentException(wrong, nameof(url));

    /// <summary>The same; null where it is none, and then what was expected.</summary>
    public static Endpoint? TryOf(string? url, out string wrong)
    {
        wrong = "expected an address such as http://localhost:8000/v1";
        if (!Uri.TryCreate(url ?? OpenAI, UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https") || given.Host.Length == 0)
            return null;
        wrong = "expected no user, password, query or fragment; a key comes from the environment";
        if (given.UserInfo.Length > 0 || given.Query.Length > 0 || given.Fragment.Length > 0) return null;
        var path = given.AbsolutePath.TrimEnd('/');
        return new(new UriBuilder(given) { Path = (path.Length == 0 ? "/v1" : path) + "/" }.Uri);
    }

    /// <summary>Whether this is OpenAI's own, which wants a key and money.</summary>
    public bool IsOpenAI => root.AbsoluteUri.TrimEnd('/') == OpenAI;

    /// <summary>Tells servers apart in signatures without naming a host: empty for OpenAI's own, else <c>@</c> and the digest of the
    /// address.</summary>
    public string Identity =>
        IsOpenAI ? "" : "@" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root.AbsoluteUri)))[..DigitsOfIdentity];

    /// <summary>The address of one of its services, as <c>embeddings</c>.</summary>
    public Uri Service(string name) => new(root, name);

    /// <summary>The address without a slash at its end.</summary>
    public override string ToString() => root.AbsoluteUri.TrimEnd('/');
}
