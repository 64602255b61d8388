using System.Runtime.CompilerServices;
using Anit.Cli;
using Anit.Remote;

namespace Anit.Tools.Score.Embedders;

/// <summary><c>openai[:MODEL]</c>: vectors from a server that speaks OpenAI's protocol, a model of OpenAI's own or any other.</summary>
/// <param name="client">The server; disposed with this.</param>
/// <param name="embeddings">The model behind it.</param>
/// <param name="quiet">Say nothing.</param>
sealed class RemoteEmbedder(RemoteClient client, RemoteEmbeddings embeddings, bool quiet) : IDisposable
{
    /// <summary>What was paid, and what may be.</summary>
    public Budget Budget => embeddings.Budget;

    /// <summary>The model that an <c>--embedder</c> names, at the server that <c>--endpoint</c> names; nothing is sent before the first text
    /// comes.</summary>
    public static Embedder Open(EmbedderSetup setup)
    {
        var (given, flags) = (setup.Given, setup.Flags);
        var choices = new EmbeddingChoices { Dimensions = given.GetValue(flags.Dimensions) };
        if (setup.Place.Length > 0) choices = choices with { Model = setup.Place };
        var client = flags.Server.Client(given, given.GetValue(flags.Url));
        var embeddings = new RemoteEmbeddings(client, choices, flags.Server.Budget(given, choices.Model));
        var remote = new RemoteEmbedder(client, embeddings, setup.Quiet);
        var name = $"{client.Endpoint}, {choices.Model}";
        return embeddings.ToEmbedder(embeddings.Signature, name) with { Stream = remote.StreamAsync, Owned = remote };
    }

    /// <summary>Says what was paid, and lets the server go.</summary>
    public void Dispose()
    {
        Bill.Say(Budget, quiet);
        client.Dispose();
    }

    // A request holds many texts: until all of its vectors have been taken, and so stored, a signal waits.
    async IAsyncEnumerable<(string Text, float[] Vector)> StreamAsync(IReadOnlyList<string> texts, [EnumeratorCancellation] CancellationToken stop)
    {
        using var hold = Signals.Hold();
        await using var answered = embeddings.StreamAsync(texts, stop).GetAsyncEnumerator(stop);
        while (await Bill.Guard(() => answered.MoveNextAsync().AsTask())) yield return answered.Current;
    }
}
