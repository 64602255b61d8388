using System.Net;

namespace Anit.Remote;

/// <summary>A server that cannot be reached, refuses, or answers what is no answer; the message is one line for the user and never holds the
/// key.</summary>
/// <param name="message">Where, what was found, what to do.</param>
/// <param name="status">The status of the server's reply; null when there was none, or when its content was at fault.</param>
/// <param name="inner">The cause.</param>
public sealed class RemoteException(string message, HttpStatusCode? status = null, Exception? inner = null)
    : HttpRequestException(message, inner, status)
{
    /// <summary>What was sent cannot be accepted, and another request may be: too long, malformed (400, 413, 422).</summary>
    public bool IsAboutContent =>
        StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity;

    /// <summary>The same, with what was sent in brackets behind it.</summary>
    internal RemoteException About(string what) => new($"{Message} ({what})", StatusCode, this) { Said = Said, Parameter = Parameter };

    /// <summary>The parameter that the server names in its reply, as <c>max_tokens</c>.</summary>
    public string? Parameter { get; init; }

    /// <summary>What the server itself said; empty when it said nothing.</summary>
    public string Said { get; init; } = "";
}
