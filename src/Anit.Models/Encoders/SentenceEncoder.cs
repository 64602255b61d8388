using static TorchSharp.torch;

namespace Anit.Models.Encoders;

/// <summary>Texts to vectors, as the folder of a sentence encoder or of a causal language model says:
/// <c>SentenceEncoder.Load("all-MiniLM-L6-v2").Encode(["Hi"])</c>.</summary>
/// <remarks>Equal to sentence-transformers within rounding: docs/distortion.md. Texts are laid end to end without padding, those of like length
/// together. Not safe for several threads at once.</remarks>
public sealed class SentenceEncoder : IDisposable
{
    const int BatchTokens = 2048; // more do not fit the cache and gain nothing; measured

    static readonly Normalizer.Lowercase lowercase = new();

    readonly SentenceFolder folder;
    readonly ITokenEncoder model;
    readonly Device device;
    readonly int promptTokens;

    /// <summary>The tokenizer of the folder.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Names the vectors: model type, digest over weights, vocabulary and settings, dimensions.</summary>
    public string Signature { get; }

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions => folder.Pooling.Dimensions(model.HiddenSize);

    /// <summary>The longest text, in tokens, special ones included; what is longer is cut at its end.</summary>
    public int MaxTokens { get; }

    SentenceEncoder(SentenceFolder folder, ITokenEncoder model, Tokenizer tokenizer, EncoderOptions options)
    {
        (this.folder, this.model, Tokenizer, device) = (folder, model, tokenizer, options.Device);
        MaxTokens = Math.Min(folder.MaxTokens ?? model.MaxPositions, model.MaxPositions);
        Signature = SignatureOf(folder, options, model.HiddenSize);
        if (folder.Prompt.Length > 0 && !folder.Pooling.IncludesPrompt)
            promptTokens = tokenizer.EncodeWithSpecials(folder.Prompt) is var ids && ids.Length > 0 && tokenizer.IsSpecial(ids[^1])
                ? ids.Length - 1 : ids.Length;
    }

    /// <summary>The <see cref="Signature"/> that a folder's vectors have, without loading its weights.</summary>
    /// <exception cref="FileNotFoundException">Something that belongs in the folder is missing.</exception>
    /// <exception cref="InvalidDataException">Its settings are damaged, contradictory or unsupported.</exception>
    public static string SignatureOf(string folder, EncoderOptions? options = null)
    {
        options ??= new();
        var read = new SentenceFolder(folder, options);
        return SignatureOf(read, options, read.ModelType == BertConfig.ModelType
            ? BertConfig.FromFolder(read.Model).HiddenSize : ModelConfig.FromFolder(read.Model).HiddenSize);
    }

    /// <summary>Loads a folder.</summary>
    /// <exception cref="FileNotFoundException">Something that belongs in the folder is missing.</exception>
    /// <exception cref="InvalidDataException">Something in it is damaged, contradictory or unsupported.</exception>
    public static SentenceEncoder Load(string folder, EncoderOptions? options = null)
    {
        options ??= new();
        var read = new SentenceFolder(folder, options);
        var tokenizer = Tokenizer.Load(read.Model);
        ITokenEncoder model = read.ModelType == BertConfig.ModelType
            ? BertEncoder.Load(read.Model, options.Dtype, options.Device)
            : new CausalEncoder(CausalLm.Load(read.Model, new() { Dtype = options.Dtype, Device = options.Device }));
        try { return new(read, model, tokenizer, options); }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    static string SignatureOf(SentenceFolder folder, EncoderOptions options, int channels) =>
        $"{folder.ModelType}@{folder.Digest($"{options.Dtype}")[..16]},{folder.Pooling.Dimensions(channels)}d";

    /// <summary>The ids that the model gets for a text: prompt, special tokens, cut to <see cref="MaxTokens"/>.</summary>
    public int[] Tokens(string text)
    {
        text = folder.Prompt + text;
        return Tokenizer.EncodeWithSpecials(folder.Lowercases ? lowercase.Apply(text) : text, MaxTokens);
    }

    /// <summary>The vector of each text, in their order.</summary>
    /// <exception cref="InvalidDataException">A text gives no token at all.</exception>
    public float[][] Encode(IReadOnlyList<string> texts, CancellationToken stop = default)
    {
        var vectors = new float[texts.Count][];
        States(texts, (text, _, states) => vectors[text] = Pooled(states), stop);
        return vectors;
    }

    /// <summary>Gives the token states of each text, (L, C), and the ids they belong to, in any order.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="take">Called with the place of a text, its ids and their states, which are gone afterwards.</param>
    /// <param name="stop">Looked at between batches.</param>
    public void States(IReadOnlyList<string> texts, TakeStates take, CancellationToken stop = default)
    {
        var ids = new int[texts.Count][];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = Tokens(texts[i]) is { Length: > 0 } some ? some
                : throw new InvalidDataException($"text {i} gives no token, and this model's template adds none; leave empty texts out");
        int[] order = [.. Enumerable.Range(0, ids.Length).OrderByDescending(i => ids[i].Length)];
        for (int start = 0, end; start < order.Length; start = end)
        {
            stop.ThrowIfCancellationRequested();
            var tokens = ids[order[start]].Length;
            for (end = start + 1; end < order.Length && tokens + ids[order[end]].Length <= BatchTokens; end++) tokens += ids[order[end]].Length;
            Batch(order[start..end], ids, take);
        }
    }

    void Batch(int[] members, int[][] ids, TakeStates take)
    {
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch([.. members.Select(i => ids[i])], device);
        var states = model.Hidden(batch).to(ScalarType.Float32).cpu().data<float>().ToArray(); // (T, C)
        for (var b = 0; b < members.Length; b++)
            take(members[b], ids[members[b]], states.AsSpan(batch.Starts[b] * model.HiddenSize, batch.Length(b) * model.HiddenSize));
    }

    float[] Pooled(ReadOnlySpan<float> states)
    {
        var vector = folder.Pooling.Of(states, model.HiddenSize, promptTokens);
        if (!folder.Normalizes) return vector;
        var length = 0.0;
        foreach (var x in vector) length += (double)x * x;
        length = Math.Max(Math.Sqrt(length), 1e-12);
        for (var i = 0; i < vector.Length; i++) vector[i] = (float)(vector[i] / length);
        return vector;
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}

/// <summary>Takes the token states of one text.</summary>
/// <param name="text">Its place among the texts.</param>
/// <param name="ids">Its ids, (L).</param>
/// <param name="states">Their states, (L, C).</param>
public delegate void TakeStates(int text, int[] ids, ReadOnlySpan<float> states);
