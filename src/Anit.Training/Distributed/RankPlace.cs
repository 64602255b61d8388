using System.Globalization;

namespace Anit.Training.Distributed;

/// <summary>Which of several processes this one is and where they meet, as launchers say it in the environment.</summary>
/// <param name="Rank">This process's number, from 0.</param>
/// <param name="WorldSize">How many there are.</param>
/// <param name="LocalRank">Its number among those on this machine.</param>
/// <param name="LocalSize">How many are on this machine.</param>
/// <param name="Host">Where rank 0 is.</param>
/// <param name="Port">The port there.</param>
public sealed record RankPlace(int Rank, int WorldSize, int LocalRank, int LocalSize, string Host, int Port)
{
    const int FirstPort = 20_000, Ports = 12_000; // below the ephemeral ones

    /// <summary>One process by itself.</summary>
    public static RankPlace Single { get; } = new(0, 1, 0, 1, "127.0.0.1", 0);

    /// <summary>Whether the launcher serves the store itself, as torchrun does; else rank 0 serves it.</summary>
    public bool IsServed { get; init; }

    /// <summary>What keys of the store begin with: a launcher that starts ranks anew keeps its store.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether all ranks are on this machine.</summary>
    public bool IsLocal => LocalSize == WorldSize;

    /// <summary>Reads torchrun's variables (RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT), else those of a Slurm step
    /// (SLURM_PROCID, SLURM_NTASKS, SLURM_LOCALID, first node of SLURM_JOB_NODELIST); <see cref="Single"/> where there are none.</summary>
    /// <param name="environment">A variable's value, or null.</param>
    /// <exception cref="InvalidDataException">They contradict each other; the message is one line.</exception>
    public static RankPlace Of(Func<string, string?> environment)
    {
        string? Word(string name) => environment(name) is { Length: > 0 } text ? text : null;
        int? Number(string name) => Word(name) is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new InvalidDataException($"{name} is {text} in the environment; expected a number");

        if (Number("WORLD_SIZE") is { } size && Number("RANK") is { } rank)
            return size == 1 ? Single : Checked(new(rank, size, Number("LOCAL_RANK") ?? 0, Number("LOCAL_WORLD_SIZE") ?? 1,
                Word("MASTER_ADDR") ?? throw Missing("MASTER_ADDR"), Number("MASTER_PORT") ?? throw Missing("MASTER_PORT"))
            {
                IsServed = Word("TORCHELASTIC_USE_AGENT_STORE") == "True", Prefix = $"anit/{Word("TORCHELASTIC_RESTART_COUNT") ?? "0"}/",
            });

        // In a batch script itself, outside any step, SLURM_PROCID is 0 and SLURM_NTASKS what the steps will have: nobody else would come.
        if (Word("SLURM_STEP_ID") is null || Number("SLURM_PROCID") is not { } task) return Single;
        var tasks = Number("SLURM_STEP_NUM_TASKS") ?? Number("SLURM_NTASKS") ?? 1;
        if (tasks == 1) return Single;
        var nodes = Word("SLURM_STEP_NODELIST") ?? Word("SLURM_JOB_NODELIST") ?? throw Missing("SLURM_JOB_NODELIST");
        var here = TasksOf(Word("SLURM_STEP_TASKS_PER_NODE") ?? Word("SLURM_TASKS_PER_NODE") ?? "1", Number("SLURM_NODEID") ?? 0);
        var step = (long)(Number("SLURM_JOB_ID") ?? 0) * 31 + (Number("SLURM_STEP_ID") ?? 0);
        return Checked(new(task, tasks, Number("SLURM_LOCALID") ?? 0, here, Word("MASTER_ADDR") ?? FirstNode(nodes),
            Number("MASTER_PORT") ?? FirstPort + (int)(step % Ports)));
    }

    /// <summary>The first of the hosts that Slurm's notation names: node03 of <c>node[03-05,9],gpu1</c>.</summary>
    public static string FirstNode(string list)
    {
        var end = 0;
        for (var depth = 0; end < list.Length && (depth > 0 || list[end] != ','); end++) depth += list[end] switch { '[' => 1, ']' => -1, _ => 0 };
        var (name, rest) = ("", list[..end]);
        while (rest.Split('[', 2) is [var before, var after] && after.Split(']', 2) is [var numbers, var behind]) // rack[1-2]n[07-09]
        {
            name += before + numbers.Split(',', '-')[0];
            rest = behind;
        }
        return name + rest;
    }

    // 2(x3),1: how many tasks each node has.
    static int TasksOf(string perNode, int node)
    {
        foreach (var part in perNode.Split(','))
        {
            var numbers = part.Split("(x");
            if (!int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tasks)) return 1;
            node -= numbers.Length > 1 && int.TryParse(numbers[1].TrimEnd(')'), CultureInfo.InvariantCulture, out var times) ? times : 1;
            if (node < 0) return tasks;
        }
        return 1;
    }

    static RankPlace Checked(RankPlace place) => place.Rank < place.WorldSize ? place
        : throw new InvalidDataException($"the environment says rank {place.Rank} of {place.WorldSize}; ranks count from 0");

    static InvalidDataException Missing(string name) =>
        new($"{name} is not in the environment, where rank 0 is found; start the ranks with torchrun, srun or --nproc");
}
