using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Options that trade time for memory, and what is said of memory beforehand.</summary>
public sealed class TrainMemoryTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Fact]
    public void Layers_computed_twice_train_the_same_adapter_and_the_result_says_so()
    {
        using var bench = new Workbench();
        var train = $"anit-train {model.Rows} --model {model.Base} --method pgd --steps 1 --max-steps 3 --dropout 0.2 --threads 1 --quiet";
        bench.Bash($"{train} --out plain && {train} --checkpoint-activations --out again && "
            + "cmp plain/adapter_model.safetensors again/adapter_model.safetensors").Code.ShouldBe(0);
        bench.Bash("grep -h checkpoint-activations plain/config.yaml again/config.yaml").Output
            .ShouldBe("checkpoint-activations: false\ncheckpoint-activations: true\n");
    }
}
