using System.Globalization;
using Anit.Cli;
using TorchSharp;

namespace Anit.Tools.Train;

/// <summary>The processes that this one trains with, none where it is alone. Rank 0 leads: it alone writes and speaks, unless it is gone.</summary>
sealed class Team : IDisposable
{
    readonly Ranks? others;

    Team(RankPlace place, DeviceType device)
    {
        Place = place;
        if (place.WorldSize > 1) others = Training.Distributed.Ranks.Join(place, device, End);
    }

    /// <summary>Joins those that the environment speaks of.</summary>
    public static Team Join(RankPlace place, DeviceType device) => place.WorldSize > 1 && Training.Distributed.Ranks.Lacking(device) is { } lacking
        ? throw new UserError(lacking) : new(place, device);

    /// <summary>Which of the processes this one is.</summary>
    public static RankPlace PlaceOf(int? processes)
    {
        if (processes == 1) return RankPlace.Single;
        RankPlace place;
        try { place = RankPlace.Of(Environment.GetEnvironmentVariable); }
        catch (InvalidDataException wrong) { throw new UserError(wrong.Message, Exit.Usage); }
        return processes is null || LocalRanks.IsOne || place.WorldSize == 1 ? place
            : throw new UserError($"--nproc {processes} starts ranks itself, but this is already rank {place.Rank} of {place.WorldSize} by its "
                + "environment; leave --nproc out, or start anit-train without torchrun or srun", Exit.Usage);
    }

    /// <summary>Which of the processes this one is.</summary>
    public RankPlace Place { get; }

    /// <summary>What the training loop reduces with.</summary>
    public IRanks Ranks => others is null ? new Alone() : others;

    /// <summary>Whether this one writes and speaks.</summary>
    public bool Leads => Place.Rank == 0;

    /// <summary>Saves what can be saved when another rank is gone, and says in a few words what there is to go on from.</summary>
    public Func<string>? LastWords { get; set; }

    /// <summary>CPU threads of this process where none were asked for; 0 for what <see cref="Anit.Torch.Native.UseThreads"/> takes then.</summary>
    public int Threads => Place.WorldSize == 1 || Word("OMP_NUM_THREADS") is not null ? 0
        : int.TryParse(Word("SLURM_CPUS_PER_TASK"), CultureInfo.InvariantCulture, out var cores) ? Math.Min(cores, Environment.ProcessorCount)
        : Math.Max(1, Environment.ProcessorCount / Place.LocalSize);

    /// <summary>Sees to it that all ranks do the same work.</summary>
    /// <exception cref="UserError">This rank would do another.</exception>
    public void Agree(string record)
    {
        if (others?.Told("record", record) is { } led && led != record)
            throw new UserError($"rank {Place.Rank} has other options or data than rank 0{Checkpoint.Difference(led, record)}; give all ranks the "
                + "same command, model and rows", Exit.BadData);
    }

    /// <summary>Whether to train, as rank 0 says.</summary>
    /// <param name="own">What rank 0 says.</param>
    public bool IsToTrain(bool own) => others is null ? own : others.Told("train", own ? "yes" : "no") == "yes";

    /// <summary>Does this rank's work; of several that fail the first one's error is said.</summary>
    public async Task<int> Do(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception) when (others?.Fail() == false)
        {
            return Exit.Failed;
        }
    }

    void End(string? line)
    {
        var end = Leads ? LastWords?.Invoke() : null;
        end ??= "run the same command again: it goes on from the last checkpoint, if there is one";
        if (line is not null) Console.Error.WriteLine($"anit-train: {line}; {end}");
        Signals.EndNow(Exit.Failed);
    }

    static string? Word(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;

    /// <inheritdoc/>
    public void Dispose() => others?.Dispose();
}
