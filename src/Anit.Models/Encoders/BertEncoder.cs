using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Models.Encoders;

/// <summary>A BERT encoder over packed sequences: hidden states of tokens that see both ways.</summary>
/// <remarks>Devlin et al. (2018), arXiv:1810.04805. T tokens of a batch, C channels. Frozen; the pooler and heads that a checkpoint may hold are left
/// out. Not safe for several threads at once.</remarks>
public sealed class BertEncoder : ITokenEncoder
{
    readonly Weights.Store store;
    readonly Tensor words, places;
    readonly LayerNorm norm;
    readonly BertLayer[] layers;

    /// <summary>The encoder's shape.</summary>
    public BertConfig Config { get; }

    /// <inheritdoc/>
    public int HiddenSize => Config.HiddenSize;

    /// <inheritdoc/>
    public int MaxPositions => Config.MaxPositionEmbeddings;

    /// <summary>Compute layers operation by operation even where they have a fused form: the reference it is held to.</summary>
    public bool Unfused { get; set; }

    BertEncoder(BertConfig config, Weights.Store store, string prefix)
    {
        (Config, this.store) = (config, store);
        var w = new Weights(store, prefix);
        var embeddings = w.At("embeddings");
        words = embeddings.At("word_embeddings").Base("weight", [config.VocabSize, config.HiddenSize], Init.Normal(store.Deviation));
        var positions = embeddings.At("position_embeddings").Float32("weight", [config.MaxPositionEmbeddings, config.HiddenSize]);
        var types = embeddings.At("token_type_embeddings").Float32("weight", [config.TypeVocabSize, config.HiddenSize]);
        places = store.Own(positions + types[0]); // every text is of the first segment
        norm = new(embeddings.At("LayerNorm"), config.HiddenSize, config.LayerNormEps);
        layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new BertLayer(w.At($"encoder.layer.{i}"), config))];
    }

    /// <summary>Loads a Hugging Face model folder.</summary>
    /// <param name="folder">With <c>config.json</c> and safetensors.</param>
    /// <param name="dtype">Element type of the weights. On the CPU activations are float32 whatever it is.</param>
    /// <param name="device">Where to compute; the CPU when absent.</param>
    /// <exception cref="FileNotFoundException">Something that belongs in the folder is missing.</exception>
    /// <exception cref="InvalidDataException">Something in it is damaged, contradictory or unsupported.</exception>
    public static BertEncoder Load(string folder, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        var config = BertConfig.FromFolder(folder);
        var files = new SafetensorsFolder(folder);
        var store = new Weights.Store(files, new() { Dtype = dtype, Device = device ?? new("cpu") }, 0.02);
        try
        {
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var prefix = files.Names.Any(name => name.StartsWith("bert.embeddings.", StringComparison.Ordinal)) ? "bert" : "";
            var model = new BertEncoder(config, store, prefix);
            store.CheckAllTaken(IsBeside);
            return model;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor Hidden(PackedBatch batch)
    {
        if (batch.LargestId >= Config.VocabSize)
            throw new InvalidDataException($"token id {batch.LargestId} is not among the model's {Config.VocabSize} (vocab_size); "
                + "do tokenizer.json and config.json belong together?");
        if (batch.Longest > MaxPositions)
            throw new ArgumentException($"a sequence of {batch.Longest} tokens; the model has {MaxPositions} positions", nameof(batch));

        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var layout = new EncoderLayout(batch, Config, store.Options.Device);
        var fused = Fuses;
        var at = tensor(batch.Positions(), dtype: ScalarType.Int64, device: store.Options.Device);
        var x = (words.index_select(0, batch.Ids).to(ScalarType.Float32) + places.index_select(0, at)).to(store.Options.ActivationDtype); // (T, C)
        x = fused ? norm.Fused(x) : norm.Forward(x);
        foreach (var layer in layers)
        {
            var input = x;
            x = fused ? layer.Fused(input, layout) : layer.Forward(input, layout);
            input.Dispose();
        }
        return x.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => store.Dispose();

    bool Fuses => !Unfused && store.Options.Device.type == DeviceType.CPU && store.Options.ActivationDtype == ScalarType.Float32
        && Config.HeadDim % 16 == 0;

    /// <summary>What checkpoints hold beside the encoder: positions as numbers, the pooler, heads of pretraining.</summary>
    static bool IsBeside(string name) =>
        name.EndsWith("embeddings.position_ids", StringComparison.Ordinal) || name.StartsWith("cls.", StringComparison.Ordinal)
        || name.StartsWith("pooler.", StringComparison.Ordinal) || name.StartsWith("bert.pooler.", StringComparison.Ordinal);
}
