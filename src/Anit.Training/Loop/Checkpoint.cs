using System.Text.Json;
using Anit.Models;
using static TorchSharp.torch;

namespace Anit.Training;

/// <summary>Everything a run needs to go on as if it had never stopped: trained weights, optimizer state, position.</summary>
/// <remarks>Order, dropout and perturbations are keyed by counters, so the position is a step number. On CPU a resumed run equals an
/// uninterrupted one bit for bit. The folder is replaced as a whole: a kill in between leaves the old checkpoint.</remarks>
public static class Checkpoint
{
    const string Weights = "state.safetensors", Position = "position.json";

    sealed record State(int Step, long Tokens, string Options);

    /// <summary>Writes a checkpoint, replacing the one in <paramref name="folder"/>.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="model">The model being trained.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="options">The resolved options and inputs; a run with others refuses to resume from here.</param>
    public static void Save(string folder, CausalLm model, Trainer trainer, string options)
    {
        var fresh = folder + ".part";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh);
        Safetensors.Write(Path.Combine(fresh, Weights), Tensors(model, trainer).Select(t => (t.Name, (Func<Tensor>)(() => t.Value.alias()))));
        File.WriteAllText(Path.Combine(fresh, Position), JsonSerializer.Serialize(new State(trainer.Done, trainer.Tokens, options)));
        Replace(fresh, folder);
    }

    /// <summary>Restores a run from a checkpoint; false where there is none.</summary>
    /// <exception cref="InvalidDataException">The checkpoint belongs to another run or does not fit the model.</exception>
    public static bool Load(string folder, CausalLm model, Trainer trainer, string options)
    {
        var position = Path.Combine(folder, Position);
        if (!File.Exists(position)) return false;
        var state = JsonSerializer.Deserialize<State>(File.ReadAllText(position))
            ?? throw new InvalidDataException($"{position}: empty; delete the checkpoint to start anew");
        if (state.Options != options)
            throw new InvalidDataException($"{folder}: the checkpoint was made with other options or data; delete it to start anew");

        using var file = new SafetensorsFile(Path.Combine(folder, Weights));
        using var quiet = no_grad();
        foreach (var (name, value) in Tensors(model, trainer))
        {
            if (!file.Tensors.TryGetValue(name, out var stored))
                throw new InvalidDataException($"{file.Path}: no tensor {name}; delete the checkpoint to start anew");
            if (!stored.Shape.SequenceEqual(value.shape) || stored.Type != "F32")
                throw new InvalidDataException(
                    $"{file.Path}: tensor {name} is {stored.Type} [{string.Join(", ", stored.Shape)}], expected F32 [{string.Join(", ", value.shape)}]; the checkpoint belongs to another model");
            using var host = empty(value.shape, ScalarType.Float32);
            file.CopyTo(stored, host);
            value.copy_(host);
        }
        trainer.Resume(state.Step, state.Tokens);
        return true;
    }

    /// <summary>Puts a finished folder in the place of an older one.</summary>
    public static void Replace(string fresh, string folder)
    {
        var old = folder + ".old";
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
        if (Directory.Exists(folder)) Directory.Move(folder, old);
        Directory.Move(fresh, folder);
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }

    static IEnumerable<(string Name, Tensor Value)> Tensors(CausalLm model, Trainer trainer) =>
        model.Trained.Select(t => (t.Name, (Tensor)t.Value)).Concat(trainer.Optimizer.State);
}
