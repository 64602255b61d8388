using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Anit.Training.Loop;

/// <summary>Everything a run needs to go on as if it had never stopped: trained weights, optimizer state, position, log.</summary>
/// <remarks>Order, dropout and perturbations are keyed by counters, so the position is a step number. On CPU a resumed run equals an
/// uninterrupted one bit for bit. The last two stay, in <c>folder</c> and <c>folder.old</c>: at every moment one of them is whole, and
/// digests tell which. Nothing is ever deleted that is not part of a checkpoint.</remarks>
public sealed class Checkpoint
{
    const string Weights = "state.safetensors", Position = "position.json", Log = "train.jsonl", Kept = "kept_delta.", Best = "best.";

    static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    readonly State state;
    readonly string? damaged; // a newer one, which this one stands in for

    sealed record State(int Step, long Tokens, string Options, LogSums Sums, Dictionary<string, string> Digests, double RadiusScale = 1,
        BestWeights.State? Best = null, int LookedAt = 0);

    Checkpoint(string folder, State state, string? damaged) => (Folder, this.state, this.damaged) = (folder, state, damaged);

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Optimizer steps done.</summary>
    public int Step => state.Step;

    /// <summary>Writes a checkpoint; the one that was the last before stays as <c>folder.old</c>.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="model">The model being trained.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="options">The resolved options and inputs; a run with others refuses to go on from here.</param>
    /// <param name="log">The file with the log records so far, if they are to be kept with it.</param>
    public static void Save(string folder, CausalLm model, Trainer trainer, string options, string? log = null)
    {
        var (fresh, old) = (folder + ".part", folder + ".old");
        Delete(fresh);
        try
        {
            Fill(fresh, model, trainer, options, log);
        }
        catch
        {
            try { Delete(fresh); } // the room on a full disk
            catch (Exception also) when (also is IOException or UnauthorizedAccessException) { }
            throw;
        }
        if (Directory.Exists(folder))
        {
            Delete(old);
            Directory.Move(folder, old);
        }
        Directory.Move(fresh, folder);
    }

    static void Fill(string fresh, CausalLm model, Trainer trainer, string options, string? log)
    {
        Directory.CreateDirectory(fresh);
        SafetensorsWriter.Write(Path.Combine(fresh, Weights),
            Tensors(model, trainer).Concat(Perturbations(trainer)).Concat(BestOnes(trainer))
                .Select(t => (t.Name, (Func<Tensor>)(() => t.Value.alias()))));
        if (log is not null) File.Copy(log, Path.Combine(fresh, Log));
        var digests = new[] { Weights, Log }
            .Where(name => File.Exists(Path.Combine(fresh, name))).ToDictionary(name => name, name => Digest(fresh, name));
        File.WriteAllText(Path.Combine(fresh, Position),
            JsonSerializer.Serialize(new State(trainer.Done, trainer.Tokens, options, trainer.Sums, digests, trainer.RadiusScale,
                trainer.Best.Stand, trainer.LookedAt), Json));
    }

    /// <summary>Refuses a place in which something else than checkpoints lies.</summary>
    /// <exception cref="InvalidDataException">Something does.</exception>
    public static void Check(string folder)
    {
        foreach (var place in Places(folder))
            if (File.Exists(place) || (Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).Any(e => !IsOurs(e))))
                throw new InvalidDataException($"{place}: not a checkpoint, or not only one; checkpoints go there: move it away or choose "
                    + "another --out");
    }

    /// <summary>The newest whole checkpoint of a run; null where there is none.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="options">The run's options and inputs.</param>
    /// <param name="say">Told when an older checkpoint must do.</param>
    /// <exception cref="InvalidDataException">There is one of another run, or none that is whole, or something else in its place.</exception>
    public static Checkpoint? Find(string folder, string options, Action<string>? say = null)
    {
        Check(folder);
        string? damaged = null, why = null;
        foreach (var place in new[] { folder, folder + ".old" })
        {
            if (!Directory.Exists(place)) continue;
            if (Read(place, out var reason) is not { } state)
            {
                (damaged, why) = (damaged ?? place, why ?? reason);
                continue;
            }
            if (state.Options != options)
                throw new InvalidDataException($"{place}: the checkpoint was made with other options or data{Difference(state.Options, options)}; "
                    + "--fresh discards it, or choose another --out");
            if (damaged is not null) say?.Invoke($"{damaged} is damaged ({why}); the checkpoint before it is used");
            return new(place, state, damaged);
        }
        return damaged is null ? null : throw new InvalidDataException($"{damaged}: the checkpoint is damaged ({why}); --fresh discards it");
    }

    /// <summary>Puts a run where the checkpoint was taken.</summary>
    /// <param name="model">The model to train.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="log">The file that gets the log records so far.</param>
    /// <exception cref="InvalidDataException">It does not fit the model.</exception>
    public void Restore(CausalLm model, Trainer trainer, string? log = null)
    {
        using var file = new SafetensorsFile(Path.Combine(Folder, Weights));
        using var quiet = no_grad();
        foreach (var (name, value) in Tensors(model, trainer))
        {
            if (!file.Tensors.TryGetValue(name, out var stored))
                throw new InvalidDataException($"{file.Path}: no tensor {name}; --fresh discards the checkpoint");
            if (!stored.Shape.SequenceEqual(value.shape) || stored.Type != "F32")
                throw new InvalidDataException($"{file.Path}: tensor {name} is {stored.Type} [{string.Join(", ", stored.Shape)}], " +
                    $"expected F32 [{string.Join(", ", value.shape)}]; the checkpoint belongs to another model");
            using var host = empty(value.shape, ScalarType.Float32);
            file.CopyTo(stored, host);
            value.copy_(host);
        }
        foreach (var (name, stored) in file.Tensors.Where(t => t.Key.StartsWith(Kept, StringComparison.Ordinal)))
        {
            using var host = empty([.. stored.Shape], ScalarType.Float32);
            file.CopyTo(stored, host);
            using var delta = host.to(model.Trained[0].Value.device);
            trainer.Keep(int.Parse(name[Kept.Length..], CultureInfo.InvariantCulture), delta);
        }
        trainer.Best.Resume(state.Best, file.Tensors.Where(t => t.Key.StartsWith(Best, StringComparison.Ordinal)).Select(t =>
        {
            using var host = empty([.. t.Value.Shape], ScalarType.Float32);
            file.CopyTo(t.Value, host);
            using var there = host.to(model.Trained[0].Value.device);
            return (t.Key[Best.Length..], there.clone());
        }));
        if (log is not null && File.Exists(Path.Combine(Folder, Log))) File.Copy(Path.Combine(Folder, Log), log, overwrite: true);
        trainer.Resume(state.Step, state.Tokens, state.Sums);
        trainer.RadiusScale = state.RadiusScale;
        trainer.LookedAt = state.LookedAt;
        if (damaged is not null) Delete(damaged); // or the next one saved would push out the whole one
    }

    /// <summary>Restores a run from its newest whole checkpoint; false where there is none.</summary>
    /// <exception cref="InvalidDataException">The checkpoint belongs to another run or does not fit the model.</exception>
    public static bool Load(string folder, CausalLm model, Trainer trainer, string options)
    {
        var found = Find(folder, options);
        found?.Restore(model, trainer);
        return found is not null;
    }

    /// <summary>Deletes a run's checkpoints: all of them, or those made with the given options.</summary>
    /// <exception cref="InvalidDataException">Something else is in their place.</exception>
    public static void Discard(string folder, string? options = null)
    {
        Check(folder);
        foreach (var place in Places(folder)
            .Where(p => options is null || !Directory.Exists(p) || Read(p, out _) is not { } state || state.Options == options)) Delete(place);
    }

    static string[] Places(string folder) => [folder, folder + ".old", folder + ".part"];

    static State? Read(string folder, out string? why)
    {
        try
        {
            var state = JsonSerializer.Deserialize<State>(File.ReadAllText(Path.Combine(folder, Position)), Json);
            var broken = state?.Digests?.FirstOrDefault(d => Digest(folder, d.Key) != d.Value).Key;
            why = state?.Digests is null ? $"{Position} is empty" : broken is null ? null : $"{broken} is not as it was written";
            return why is null ? state : null;
        }
        catch (FileNotFoundException missing)
        {
            why = $"{Path.GetFileName(missing.FileName)} is missing";
        }
        catch (JsonException)
        {
            why = $"{Position} is cut off";
        }
        return null;
    }

    static string Digest(string folder, string name)
    {
        using var file = File.OpenRead(Path.Combine(folder, name));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Which of two runs' options differ, as " (Epochs, Seed)"; nothing where they are no JSON objects.</summary>
    public static string Difference(string there, string here)
    {
        try
        {
            if (JsonNode.Parse(there) is not JsonObject a || JsonNode.Parse(here) is not JsonObject b) return "";
            var names = a.Union(b).Select(p => p.Key).Distinct().Where(k => !JsonNode.DeepEquals(a[k], b[k])).ToArray();
            return names.Length == 0 ? "" : $" ({string.Join(", ", names)})";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    static bool IsOurs(string path) => Path.GetFileName(path) is Weights or Position or Log ||
        (Path.GetFileName(path) is var name && name.StartsWith(Weights + ".", StringComparison.Ordinal)
            && name.EndsWith(".part", StringComparison.Ordinal));

    static void Delete(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.GetFiles(folder).Where(IsOurs)) File.Delete(file);
        Directory.Delete(folder); // not what is left in it
    }

    static IEnumerable<(string Name, Tensor Value)> Tensors(CausalLm model, Trainer trainer) =>
        model.Trained.Select(t => (t.Name, (Tensor)t.Value)).Concat(trainer.Optimizer.State);

    static IEnumerable<(string Name, Tensor Value)> BestOnes(Trainer trainer) => trainer.Best.Kept.Select(b => (Best + b.Key, b.Value));

    // δ of a batch that is being replayed.
    static IEnumerable<(string Name, Tensor Value)> Perturbations(Trainer trainer) =>
        trainer.Kept.Select(k => (string.Create(CultureInfo.InvariantCulture, $"{Kept}{k.Key}"), k.Value));
}
