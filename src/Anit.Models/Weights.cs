using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>A named, shape-checked store that modules take their tensors from: a model's files, or an initialiser.</summary>
/// <remarks>A module asks for each of its tensors by name and shape, so the constructors together are the list of parameters
/// and a checkpoint loads without a converter. <see cref="At"/> is the store seen from a module further down.</remarks>
public sealed class Weights
{
    readonly Store store;

    /// <summary>The full name of this place, such as <c>model.layers.0.self_attn</c>; empty at the top.</summary>
    public string Name { get; }

    /// <summary>Which layers get a low-rank update, null for none.</summary>
    public LoraOptions? Lora => store.Options.Lora;

    /// <summary>How the model is loaded.</summary>
    internal LoadOptions Options => store.Options;

    /// <summary>Standard deviation of freshly made matrices.</summary>
    internal double Deviation => store.Deviation;

    /// <summary>Where low-rank updates take their dropout masks from.</summary>
    internal DropoutState Dropout => store.Dropout;

    internal Weights(Store store, string name = "") => (this.store, Name) = (store, name);

    /// <summary>The store one step further down.</summary>
    public Weights At(string name) => new(store, Join(name));

    /// <summary>A tensor of the base model: trained when the whole model is tuned, frozen otherwise.</summary>
    /// <param name="name">Its name at this place.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <param name="init">What it holds when the model is made afresh.</param>
    public Tensor Base(string name, long[] shape, Init init)
    {
        var value = store.Options.Tune == Tune.Full
            ? Trained(name, store.Take(Join(name), shape, init, ScalarType.Float32))
            : store.Own(store.Take(Join(name), shape, init, store.Options.Dtype));
        store.All.Add((Join(name), value));
        return value;
    }

    /// <summary>A frozen tensor in float32 whatever the weights' type: norms and biases, which cost nothing.</summary>
    internal Tensor Float32(string name, long[] shape) => store.Own(store.Take(Join(name), shape, Init.Zeros, ScalarType.Float32));

    /// <summary>A tensor of the low-rank update: trained, or frozen when nothing is tuned; never in the base model's files.</summary>
    public Tensor Adapter(string name, long[] shape, Init init)
    {
        store.Stored?.Find(Join(name), shape);
        using var scope = NewDisposeScope();
        var fresh = init.Make(shape, SplitMix64.Key(store.Options.Seed, Join(name))).to(store.Options.Device).DetachFromDisposeScope();
        var value = store.Options.Tune == Tune.None ? store.Own(fresh) : Trained(name, fresh);
        store.Adapters.Add((Join(name), value));
        return value;
    }

    Parameter Trained(string name, Tensor value)
    {
        var parameter = new Parameter(value);
        store.Own(parameter);
        store.Trained.Add((Join(name), parameter));
        return parameter;
    }

    string Join(string name) => Name.Length == 0 ? name : $"{Name}.{name}";

    /// <summary>What all places of one store share; the model disposes it.</summary>
    internal sealed class Store(SafetensorsFolder? files, LoadOptions options, double deviation) : IDisposable
    {
        const long Rows = 4096; // compared at a time

        readonly HashSet<string> taken = new(StringComparer.Ordinal);
        readonly List<Tensor> owned = [];
        readonly MappedWeights? mapped = files is null ? null : new(files);

        public LoadOptions Options => options;

        public double Deviation => deviation;

        public DropoutState Dropout { get; } = new();

        /// <summary>The adapter that low-rank updates will be filled from; null for fresh ones.</summary>
        public PeftWeights? Stored { get; init; }

        public List<(string Name, Parameter Value)> Trained { get; } = [];

        public List<(string Name, Tensor Value)> Adapters { get; } = [];

        /// <summary>Every base tensor by name, for saving.</summary>
        public List<(string Name, Tensor Value)> All { get; } = [];

        public Tensor Take(string name, long[] shape, Init init, ScalarType dtype)
        {
            taken.Add(name);
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var value = mapped is null ? init.Make(shape, SplitMix64.Key(options.Seed, name)) : mapped.Read(name, shape);
            if (mapped is not null) Finite.Check(value, $"{Where(name)}: tensor {name}");
            if (options.Tune == Tune.Full && mapped is not null) value = value.to(dtype, options.Device, copy: true);
            return value.to(dtype, options.Device).alias().DetachFromDisposeScope();
        }

        /// <summary>Whether a tensor is stored that another one of the same shape, which a config ties to it, does not equal.</summary>
        public bool IsStoredApart(string name, string tied, long[] shape)
        {
            if (mapped is null || !mapped.Has(name)) return false;
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var (one, other) = (mapped.Read(name, shape), mapped.Read(tied, shape));
            for (var row = 0L; row < shape[0]; row += Rows)
            {
                using var block = NewDisposeScope();
                var count = Math.Min(Rows, shape[0] - row);
                if (!one.narrow(0, row, count).eq(other.narrow(0, row, count)).all().item<bool>()) return true;
            }
            return false;
        }

        string Where(string name) => files!.TryFind(name, out var file, out _) ? file.Path : files.Folder;

        public Tensor Own(Tensor tensor)
        {
            owned.Add(tensor.DetachFromDisposeScope());
            return tensor;
        }

        /// <summary>Refuses tensors that no module asked for: a model of another kind, or a config that does not fit.</summary>
        /// <param name="beside">Says which may be there beside the model, null for none.</param>
        public void CheckAllTaken(Func<string, bool>? beside = null)
        {
            foreach (var name in files?.Names ?? [])
                if (!taken.Contains(name) && !Harmless(name) && beside?.Invoke(name) is not true)
                {
                    files!.TryFind(name, out var file, out var tensor);
                    throw new InvalidDataException($"{file.Path}: tensor {name} [{string.Join(", ", tensor.Shape)}] has no place in this "
                        + "model; does config.json belong to these weights?");
                }
        }

        public void Dispose()
        {
            owned.ForEach(t => t.Dispose());
            owned.Clear();
            mapped?.Dispose();
            files?.Dispose();
        }

        /// <summary>Tables older checkpoints store though they follow from the config, and a copy of a tied output layer.</summary>
        static bool Harmless(string name) => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) || name == "lm_head.weight";
    }
}
