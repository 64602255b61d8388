using Anit.Cli;
using Anit.Torch;
using Microsoft.Extensions.AI;
using TorchSharp;

namespace Anit.Tools.Score.Embedders;

/// <summary><c>model:DIR</c>: a sentence encoder or a causal language model on this machine. Its weights, and libtorch, are loaded when the first
/// text comes: until then its signature is read off the files.</summary>
sealed class ModelEmbedder(EmbedderSetup setup, EncoderOptions options) : IEmbeddingGenerator<string, Embedding<float>>
{
    SentenceEncoder? encoder;

    /// <summary>Names its vectors.</summary>
    public string Signature { get; } = SentenceEncoder.SignatureOf(setup.Place, options);

    /// <summary>The model, loaded.</summary>
    public SentenceEncoder Encoder => encoder ??= Load();

    /// <summary>This as a source of vectors, which disposes it.</summary>
    public Embedder AsEmbedder() => this.ToEmbedder(Signature, setup.Place);

    /// <inheritdoc/>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(Run(() => Encoder.Encode([.. values], cancellationToken))
            .Select(vector => new Embedding<float>(vector))));

    /// <summary>Lets the model work; finding no memory is a failed run, not a bug of ours.</summary>
    public static T Run<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (TorchOutOfMemoryException.Is(error))
        {
            throw new UserError(OutOfMemory.Line(error.Message, "take --dtype bfloat16, or a smaller model"));
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose() => encoder?.Dispose();

    /// <summary>Opens a folder by its settings alone.</summary>
    public static ModelEmbedder Open(EmbedderSetup setup)
    {
        var options = new EncoderOptions
        {
            Prompt = setup.Given.GetValue(setup.Flags.Prompt), Prefix = setup.Given.GetValue(setup.Flags.Prefix),
            Device = DeviceOption.Of(setup.Given, setup.Flags.Device),
            Dtype = setup.Given.GetValue(setup.Flags.Dtype) == "bfloat16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32,
        };
        return new(setup, options);
    }

    SentenceEncoder Load()
    {
        torch.set_num_threads(setup.Threads);
        return SentenceEncoder.Load(setup.Place, options);
    }
}
