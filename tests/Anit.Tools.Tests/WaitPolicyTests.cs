using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>How the threads that compute wait for each other, as OpenMP itself tells it.</summary>
public sealed class WaitPolicyTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData("", "PASSIVE")] // or a busy machine's other work would be waited for by computing
    [InlineData("OMP_WAIT_POLICY=active", "ACTIVE")]
    public void Threads_sleep_while_they_wait_unless_the_environment_says_otherwise(string environment, string policy)
    {
        var run = model.Bench.Bash("env -u OMP_WAIT_POLICY -u GOMP_SPINCOUNT -u KMP_BLOCKTIME OMP_DISPLAY_ENV=true " + environment
            + $" anit-train {model.Rows} --model {model.Base} --method plain --max-steps 1 --quiet --out {policy}");
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldContain($"OMP_WAIT_POLICY = '{policy}'");
    }
}
