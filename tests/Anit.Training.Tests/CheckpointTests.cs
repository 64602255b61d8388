using Shouldly;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>What is found after a run was killed at some moment, as files on the disk.</summary>
public sealed class CheckpointTests : IDisposable
{
    static readonly TrainOptions Options =
        new() { Attack = new NoiseResponse(), Epochs = 3, MicroBatch = 4, Accumulate = 2, LearningRate = 1e-2, LogEvery = 3 };

    readonly TinyModel tiny = new();
    readonly Example[] rows = TinyModel.Rows(21);

    string Folder => Path.Combine(tiny.Folder, "run.checkpoint");

    string Old => Folder + ".old";

    [Fact]
    public void The_log_of_a_resumed_run_equals_the_uninterrupted_one_s_wherever_it_was_cut()
    {
        var whole = Log(pause: null);
        whole.Count(c => c == '\n').ShouldBe(3); // 9 steps, a record every three
        for (var pause = 1; pause < 9; pause++) Log(pause).ShouldBe(whole, $"stopped after step {pause}");
    }

    [Fact]
    public void The_last_two_checkpoints_stay_and_a_kill_between_the_renames_leaves_one_that_is_found()
    {
        Saved(2, 4, 6).ShouldBe((6, 4));

        // Before the first rename: the new one lies beside, perhaps half written.
        Directory.CreateDirectory(Folder + ".part");
        File.WriteAllText(Path.Combine(Folder + ".part", "state.safetensors.0123.part"), "half");
        Find()!.Step.ShouldBe(6);

        // Between the two: only the older one has its name.
        Directory.Delete(Old, recursive: true);
        Directory.Move(Folder, Old);
        Find()!.Step.ShouldBe(6);

        Saved(7).ShouldBe((7, 6));
        Directory.Exists(Folder + ".part").ShouldBeFalse();
    }

    [Theory]
    [InlineData("state.safetensors", "is not as it was written")]
    [InlineData("position.json", "position.json is cut off")]
    [InlineData(null, "position.json is missing")]
    public void A_damaged_checkpoint_gives_way_to_the_one_before(string? cut, string why)
    {
        Saved(2, 4);
        if (cut is null) File.Delete(Path.Combine(Folder, "position.json"));
        else
            using (var file = File.OpenWrite(Path.Combine(Folder, cut))) file.SetLength(file.Length / 2);

        var said = new List<string>();
        var found = Checkpoint.Find(Folder, "options", said.Add)!;
        found.Step.ShouldBe(2);
        said.ShouldHaveSingleItem().ShouldBe($"{Folder} is damaged ({(why.StartsWith("is", StringComparison.Ordinal) ? cut + " " : "")}{why}); the "
            + "checkpoint before it is used");
        With(0, (model, trainer) => found.Restore(model, trainer));
        Directory.Exists(Folder).ShouldBeFalse(); // so that the next one does not push out the whole one

        File.Delete(Path.Combine(Old, "state.safetensors"));
        Should.Throw<InvalidDataException>(Find).Message.ShouldBe($"{Old}: the checkpoint is damaged (state.safetensors is missing); --fresh "
            + "discards it");
        Checkpoint.Discard(Folder);
        Find().ShouldBeNull();
    }

    [Fact]
    public void Another_run_s_checkpoint_is_refused_with_the_names_of_the_options_that_differ()
    {
        With(1, (model, trainer) => Checkpoint.Save(Folder, model, trainer, """{"lr": 0.1, "rows": 5, "seed": 1}"""));
        Should.Throw<InvalidDataException>(() => Checkpoint.Find(Folder, """{"lr": 0.2, "rows": 5}""")).Message
            .ShouldBe($"{Folder}: the checkpoint was made with other options or data (lr, seed); --fresh discards it, or choose another --out");
        Checkpoint.Discard(Folder, """{"lr": 0.2}""");
        Directory.Exists(Folder).ShouldBeTrue();
        Checkpoint.Discard(Folder);
        Directory.Exists(Folder).ShouldBeFalse();
    }

    [Theory]
    [InlineData("run.checkpoint")]
    [InlineData("run.checkpoint.old")]
    [InlineData("run.checkpoint.part")]
    public void Nothing_but_checkpoints_is_ever_deleted(string name)
    {
        var notes = Path.Combine(Directory.CreateDirectory(Path.Combine(tiny.Folder, name)).FullName, "notes.txt");
        File.WriteAllText(notes, "mine");
        Should.Throw<InvalidDataException>(Find).Message.ShouldContain($"{name}: not a checkpoint");
        Should.Throw<InvalidDataException>(() => Checkpoint.Discard(Folder)).Message.ShouldContain($"{name}: not a checkpoint");
        File.ReadAllText(notes).ShouldBe("mine");
    }

    public void Dispose() => tiny.Dispose();

    Checkpoint? Find() => Checkpoint.Find(Folder, "options");

    // The records of a run as lines, stopped and resumed in a fresh process's state when asked.
    string Log(int? pause)
    {
        var path = Path.Combine(tiny.Folder, "train.jsonl");
        File.WriteAllText(path, "");
        void Write(TrainLog log) => File.AppendAllText(path, log + "\n");
        if (pause is { } after)
        {
            using var stop = new CancellationTokenSource();
            With(0, (model, trainer) =>
            {
                trainer.Run(Write, (done, _) => { if (done == after) stop.Cancel(); }, stop.Token).ShouldBeFalse();
                Checkpoint.Save(Folder, model, trainer, "options", path);
            });
            File.AppendAllText(path, "a record that the run wrote before it was killed\n");
        }
        With(0, (model, trainer) =>
        {
            if (pause is not null) Find()!.Restore(model, trainer, path);
            trainer.Run(Write).ShouldBeTrue();
        });
        return File.ReadAllText(path);
    }

    // Checkpoints after these steps; the steps of the two that are there then.
    (int, int?) Saved(params int[] steps)
    {
        foreach (var step in steps) With(step, (model, trainer) => Checkpoint.Save(Folder, model, trainer, "options"));
        var newest = Find()!.Step;
        return (newest, Directory.Exists(Old) ? Checkpoint.Find(Old, "options")?.Step : null);
    }

    void With(int steps, Action<CausalLm, Trainer> work)
    {
        using var model = tiny.Lora();
        using var trainer = new Trainer(model, rows, Options, CPU);
        using var stop = new CancellationTokenSource();
        if (steps > 0) trainer.Run(_ => { }, (done, _) => { if (done == steps) stop.Cancel(); }, stop.Token);
        work(model, trainer);
    }
}
