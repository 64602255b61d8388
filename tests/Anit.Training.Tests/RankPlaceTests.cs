using Shouldly;

namespace Anit.Training.Tests;

public sealed class RankPlaceTests
{
    static RankPlace Of(string variables) =>
        RankPlace.Of(variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1])
            .GetValueOrDefault);

    [Fact]
    public void Nothing_said_is_one_process() => Of("").ShouldBe(RankPlace.Single);

    [Fact]
    public void Torchrun_is_heard_first()
    {
        var place = Of("RANK=5 WORLD_SIZE=8 LOCAL_RANK=1 LOCAL_WORLD_SIZE=4 MASTER_ADDR=n1 MASTER_PORT=29500 TORCHELASTIC_USE_AGENT_STORE=True "
            + "TORCHELASTIC_RESTART_COUNT=2 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n9");
        place.ShouldBe(new(5, 8, 1, 4, "n1", 29500) { IsServed = true, Prefix = "anit/2/" });
        place.IsLocal.ShouldBeFalse();
        Of("RANK=0 WORLD_SIZE=1").ShouldBe(RankPlace.Single);
    }

    [Fact]
    public void A_step_of_Slurm_says_who_and_where()
    {
        var place = Of("SLURM_STEP_ID=0 SLURM_JOB_ID=17 SLURM_PROCID=3 SLURM_NTASKS=5 SLURM_LOCALID=1 SLURM_NODEID=1 SLURM_TASKS_PER_NODE=2(x2),1 "
            + "SLURM_JOB_NODELIST=gpu[07-09]");
        (place.Rank, place.WorldSize, place.LocalRank, place.LocalSize, place.Host).ShouldBe((3, 5, 1, 2, "gpu07"));
        place.Port.ShouldBeInRange(20_000, 32_767);
        Of("SLURM_STEP_ID=0 SLURM_JOB_ID=18 SLURM_PROCID=0 SLURM_NTASKS=5 SLURM_NODELIST=a SLURM_JOB_NODELIST=a").Port.ShouldNotBe(place.Port);
        // The batch script itself is a process by itself, whatever its steps will be.
        Of("SLURM_JOB_ID=17 SLURM_PROCID=0 SLURM_NTASKS=5 SLURM_JOB_NODELIST=gpu[07-09]").ShouldBe(RankPlace.Single);
        Of("SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_JOB_NODELIST=a").ShouldBe(RankPlace.Single);
    }

    [Theory]
    [InlineData("n1", "n1")]
    [InlineData("n1,n2", "n1")]
    [InlineData("node[03-05,9],gpu1", "node03")]
    [InlineData("node[7,9-11]", "node7")]
    [InlineData("rack[2-3]n[007-011]", "rack2n007")]
    [InlineData("n[1-2]-ib,x", "n1-ib")]
    public void The_first_node_of_Slurm_s_list(string list, string first) => RankPlace.FirstNode(list).ShouldBe(first);

    [Theory]
    [InlineData("RANK=2 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1", "rank 2 of 2; ranks count from 0")]
    [InlineData("RANK=0 WORLD_SIZE=2", "MASTER_ADDR is not in the environment")]
    [InlineData("RANK=0 WORLD_SIZE=two", "WORLD_SIZE is two in the environment; expected a number")]
    public void What_cannot_be_is_one_line(string variables, string line) =>
        Should.Throw<InvalidDataException>(() => Of(variables)).Message.ShouldContain(line);
}
