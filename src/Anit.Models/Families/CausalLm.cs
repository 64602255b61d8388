using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Anit.Models.Families;

/// <summary>A decoder-only language model over packed sequences.</summary>
/// <remarks>T tokens of a batch, C channels, V words, R rows selected. Gradients flow to embeddings that are passed in and to
/// trained weights, and nowhere else: a frozen base costs no weight gradient. Not safe for several threads at once.</remarks>
public sealed class CausalLm : IDisposable
{
    readonly Weights.Store store;
    readonly Tensor embedding;
    readonly Tensor head;
    readonly DecoderLayer[] layers;
    readonly RmsNorm norm;
    readonly RopeTables rope;

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>How it was loaded; <see cref="LoadOptions.Lora"/> says which updates it has.</summary>
    public LoadOptions Options => store.Options;

    /// <summary>Where LoRA's dropout takes its masks from; off until a trainer turns it on.</summary>
    public DropoutState Dropout => store.Dropout;

    /// <summary>Keep only each layer's input for the backward pass, which computes the layer a second time: less memory, more time.</summary>
    /// <remarks>Chen et al. (2016), arXiv:1604.06174. Gradients are the same; dropout repeats itself, because its masks follow from its
    /// seed.</remarks>
    public bool Checkpointing { get; set; }

    /// <summary>Compute layers operation by operation on the tape even where they have a fused form: the reference it is held to.</summary>
    public bool Unfused { get; set; }

    /// <summary>What is trained, by name: lora_A and lora_B of each updated layer, or all weights; empty when nothing is.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> Trained => store.Trained;

    /// <summary>The low-rank updates by name, trained or not.</summary>
    internal IReadOnlyList<(string Name, Tensor Value)> Adapters => store.Adapters;

    internal CausalLm(ModelConfig config, Weights.Store store)
    {
        long[] words = [config.VocabSize, config.HiddenSize];
        // As the reference does: a stored output layer that is not the embedding counts more than the config.
        if (config.TieWordEmbeddings && store.IsStoredApart("lm_head.weight", "model.embed_tokens.weight", words))
            config = config with { TieWordEmbeddings = false };
        Config = config;
        this.store = store;
        var model = new Weights(store).At("model");
        embedding = model.At("embed_tokens").Base("weight", words, Init.Normal(config.InitializerRange));
        layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new DecoderLayer(model.At($"layers.{i}"), config, i))];
        norm = new(model.At("norm"), config.HiddenSize, config);
        head = config.TieWordEmbeddings ? embedding
            : new Weights(store).At("lm_head").Base("weight", words, Init.Normal(config.InitializerRange));
        rope = new(config, store.Options.Device);
    }

    /// <summary>Loads a Hugging Face model folder.</summary>
    /// <exception cref="FileNotFoundException">Something that belongs in the folder is missing.</exception>
    /// <exception cref="InvalidDataException">Something in it is damaged, contradictory or unsupported.</exception>
    public static CausalLm Load(string folder, LoadOptions? options = null) => ModelLoader.Load(folder, options ?? new());

    /// <summary>Looks tokens up, (T,) to (T, C): the injection point of perturbations, before any scaling inside the model.</summary>
    public Tensor Embed(Tensor ids) => embedding.index_select(0, ids);

    /// <summary>Hidden states after the final norm.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="embeddings">Used instead of <see cref="Embed"/>'s result, (T, C); cast to the model's type inside.</param>
    /// <param name="at">Rows of 0..T-1 that are wanted, (R,) int64; all when absent. The last layer computes only these.</param>
    /// <returns>(T, C), or (R, C) in the order of <paramref name="at"/>.</returns>
    public Tensor Hidden(PackedBatch batch, Tensor? embeddings = null, Tensor? at = null)
    {
        using var scope = NewDisposeScope();
        var layout = batch.Derived(this, () => LayOut(batch)); // freed with the batch: the backward pass needs it
        var selected = at is null ? layout.All : layout.Select(at);
        var pass = new Pass(layout.All, selected, new PackedAttention(Config, layout.All), Dropout, !Unfused);
        using var dropout = Dropout.Begin(Dropout.Seed);
        return Run(embeddings ?? Embed(batch.Ids), pass).MoveToOuterDisposeScope();
    }

    /// <summary>Index tensors and masks of a batch that all layers share; the caller's to dispose.</summary>
    /// <exception cref="InvalidDataException">A token is not in the model's vocabulary.</exception>
    internal BatchLayout LayOut(PackedBatch batch)
    {
        if (batch.LargestId >= Config.VocabSize)
            throw new InvalidDataException($"token id {batch.LargestId} is not among the model's {Config.VocabSize} (vocab_size); "
                + "do tokenizer.json and config.json belong together?");
        return new(batch, Config, rope, Options.Device, Options.ActivationDtype);
    }

    /// <summary>Scores of every word, (R, C) to (R, V), in the model's element type.</summary>
    public Tensor Logits(Tensor hidden)
    {
        var scores = WeightProduct.Forward(hidden, head);
        return Config.FinalLogitSoftcapping is { } cap ? (scores / cap).tanh() * cap : scores;
    }

    /// <summary>The sum over rows of -log p(target), one number in float32, from states (R, C) and targets (R,) int64.</summary>
    /// <remarks>Nothing of the size of the scores (R, V) is kept for the backward pass, unless the output layer is trained.</remarks>
    public Tensor Loss(Tensor hidden, Tensor targets) => CrossEntropy.Sum(hidden, head, Config.FinalLogitSoftcapping, targets);

    /// <summary>About how many bytes a forward and backward pass holds at its peak beside weights and gradients.</summary>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="rows">Rows whose hidden states are wanted.</param>
    public long ActivationBytes(int tokens, int rows) => new ActivationSize(Config, Options, Checkpointing).Bytes(tokens, rows);

    /// <summary>Whether base and update are computed as one matrix.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>Computes with base and update as one matrix from now on: faster, without gradients.</summary>
    public void Merge()
    {
        foreach (var layer in Updated) layer.Merge();
        IsMerged = true;
    }

    /// <summary>Undoes <see cref="Merge"/>.</summary>
    public void Unmerge()
    {
        foreach (var layer in Updated) layer.Unmerge();
        IsMerged = false;
    }

    /// <summary>The plain model: every tensor in its file's name, updates merged. Merged ones are new and the caller's.</summary>
    internal IEnumerable<(string Name, Func<Tensor> Value)> Exported()
    {
        var updated = Updated.ToDictionary(l => l.WeightName);
        return store.All.Select(t => (t.Name, (Func<Tensor>)(updated.TryGetValue(t.Name, out var layer) ? layer.Merged : () => t.Value.alias())));
    }

    internal RopeTables Rope => rope;

    /// <summary>The output layer, (V, C).</summary>
    internal Tensor Head => head;

    /// <summary>All layers and the final norm over embeddings (T, C).</summary>
    internal Tensor Run(Tensor embeddings, Pass pass)
    {
        using var scope = NewDisposeScope();
        var x = Scaled(embeddings.to(Options.ActivationDtype));
        for (var i = 0; i < layers.Length; i++)
        {
            var (layer, last) = (layers[i], i == layers.Length - 1);
            x = Checkpointing && is_grad_enabled() ? ActivationCheckpoint.Forward(layer, TrainedIn(i), x, pass, last) : layer.Forward(x, pass, last);
        }
        return norm.Forward(x).MoveToOuterDisposeScope();
    }

    /// <summary>Embeddings as the first layer takes them: some families multiply by sqrt(C), rounded to the model's element type first.</summary>
    Tensor Scaled(Tensor embeddings)
    {
        if (!Config.Family.ScalesEmbeddings) return embeddings;
        using var factor = tensor((float)Math.Sqrt(Config.HiddenSize), device: embeddings.device).to(embeddings.dtype);
        return embeddings * factor;
    }

    Tensor[] TrainedIn(int layer) =>
        [.. store.Trained.Where(t => t.Name.StartsWith($"model.layers.{layer}.", StringComparison.Ordinal)).Select(t => t.Value)];

    IEnumerable<LoraLinear> Updated => layers.SelectMany(l => l.Linears).OfType<LoraLinear>();

    /// <summary>Frees all weights.</summary>
    public void Dispose()
    {
        Unmerge();
        rope.Dispose();
        store.Dispose();
    }
}
