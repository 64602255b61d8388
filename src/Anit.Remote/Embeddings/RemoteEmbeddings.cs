using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Usage = Anit.Remote.Costs.Usage;

namespace Anit.Remote.Embeddings;

/// <summary>Vectors from a server that speaks OpenAI's protocol: OpenAI, vLLM, Ollama, llama.cpp's server.</summary>
/// <remarks>Distinct texts are sent once, in batches, one request after another. What a reply holds of use is given on before the next request
/// is sent, even when other parts of it are at fault; those are asked for once more, alone. Where the server refuses a batch, it is halved until
/// the text that it does not take is found.</remarks>
/// <param name="client">The server.</param>
/// <param name="choices">Which vectors.</param>
/// <param name="budget">Counts and limits what is paid; null to only count.</param>
public sealed class RemoteEmbeddings(RemoteClient client, EmbeddingChoices? choices = null, Budget? budget = null)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    const string Service = "embeddings";

    readonly EmbeddingChoices choices = choices ?? new();
    readonly EmbeddingGeneratorMetadata metadata =
        new("openai", client.Endpoint.Service(Service), (choices ?? new()).Model, (choices ?? new()).Dimensions);
    int? dimensions = choices?.Dimensions ?? choices?.Expected;

    /// <summary>Says which vectors these are, the server told apart without its name: <c>openai:text-embedding-3-large</c>,
    /// <c>openai:bge-m3@0123456789ab</c>, with <c>,256d</c> where a length was asked for.</summary>
    public string Signature => $"openai:{choices.Model}{client.Endpoint.Identity}{(choices.Dimensions is { } d ? $",{d}d" : "")}";

    /// <summary>What was paid.</summary>
    public Budget Budget { get; } = budget ?? new();

    /// <summary>Tokens that these texts have, each distinct one counted once, as estimated.</summary>
    public static Usage Estimate(IEnumerable<string> texts) =>
        new(texts.Distinct(StringComparer.Ordinal).Sum(text => (long)TokenEstimate.Of(text)), 0);

    /// <summary>The vectors of some texts, in their order.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">Must not ask for another model or length.</param>
    /// <param name="cancellationToken">No further request after this. What was asked before is lost to the caller when more than one request
    /// was needed: use <see cref="StreamAsync"/> to keep it.</param>
    /// <exception cref="RemoteException">The server cannot be reached, refuses, or answers what is no answer.</exception>
    /// <exception cref="BudgetException">The limit of cost is reached.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options?.ModelId is { } model && model != choices.Model || options?.Dimensions is { } length && length != choices.Dimensions)
            throw new ArgumentException($"this generator is for {Signature}; make another for another model or length", nameof(options));
        var texts = values.ToList();
        var found = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var before = Budget.Paid;
        await foreach (var (text, vector) in StreamAsync(texts, cancellationToken).ConfigureAwait(false)) found[text] = vector;
        var paid = Budget.Paid.Input - before.Input;
        return new(texts.Select(text => new Embedding<float>(found[text]) { ModelId = choices.Model }))
        {
            Usage = new() { InputTokenCount = paid, TotalTokenCount = paid },
        };
    }

    /// <summary>The vectors of distinct texts as they are answered. The texts of one request come together, and the next request is sent only
    /// when the caller asks for more: who stores each vector as it comes loses nothing when the work ends in between.</summary>
    /// <param name="texts">The texts; those that stand twice are asked for once.</param>
    /// <param name="stop">No further request after this; the answer of one under way still comes.</param>
    public async IAsyncEnumerable<(string Text, float[] Vector)> StreamAsync(
        IEnumerable<string> texts, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var batches = TextBatches.Of(texts.Distinct(StringComparer.Ordinal), choices.TextsAtOnce, choices.TokensAtOnce);
        foreach (var batch in batches)
        {
            var left = new Stack<(IReadOnlyList<string> Texts, bool Again)>([(batch.Texts, false)]);
            while (left.TryPop(out var part))
            {
                stop.ThrowIfCancellationRequested();
                EmbeddingReply reply;
                try
                {
                    reply = await AskAsync(part.Texts, stop).ConfigureAwait(false);
                }
                catch (RemoteException error) when (error.IsAboutContent)
                {
                    if (part.Texts.Count == 1) throw About(error, part.Texts[0]);
                    var half = part.Texts.Count / 2;
                    left.Push(([.. part.Texts.Skip(half)], part.Again));
                    left.Push(([.. part.Texts.Take(half)], part.Again));
                    continue;
                }
                foreach (var (text, vector) in part.Texts.Zip(reply.Vectors))
                    if (vector is not null) yield return (text, vector);
                if (reply.Fault is not { } fault) continue;
                if (part.Again)
                    throw new RemoteException($"{client.Endpoint.Service(Service)}: {fault}, twice; is {choices.Model} a model for embeddings? "
                        + "What was answered is kept");
                left.Push(([.. part.Texts.Zip(reply.Vectors).Where(p => p.Second is null).Select(p => p.First)], true));
            }
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata : serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Nothing to free: the client is its owner's.</summary>
    public void Dispose() { }

    async Task<EmbeddingReply> AskAsync(IReadOnlyList<string> texts, CancellationToken stop)
    {
        var estimate = Estimate(texts);
        Budget.Begin(estimate);
        Usage? counted = null;
        try
        {
            using var json = await client.PostAsync(Service, Body(texts), estimate.Input, stop).ConfigureAwait(false);
            counted = Budget.Counted(json.RootElement, estimate);
            var reply = EmbeddingReply.Read(json.RootElement, texts.Count, dimensions);
            dimensions ??= reply.Vectors.FirstOrDefault(v => v is not null)?.Length;
            return reply;
        }
        finally
        {
            Budget.End(estimate, counted);
        }
    }

    byte[] Body(IReadOnlyList<string> texts)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("model", choices.Model);
            json.WriteStartArray("input");
            foreach (var text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
            if (choices.Dimensions is { } length) json.WriteNumber("dimensions", length);
            json.WriteString("encoding_format", "base64"); // exact, and a third of the bytes; what OpenAI's own clients ask for
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    static RemoteException About(RemoteException error, string text)
    {
        const int Most = 40;
        var shown = text.Length <= Most ? text : text[..(Most - 3)] + "...";
        return error.About($"the text \"{shown.ReplaceLineEndings(" ")}\", about {TokenEstimate.Of(text):N0} tokens");
    }
}
