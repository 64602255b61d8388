using System.Reflection;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Sizes that no machine has room for: a line that says what to make smaller, never "a bug of ours", and nothing left behind.</summary>
public sealed class OutOfMemoryTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData("2147483647", "--rank is 2147483647; expected a whole number from 1 to 65536")]
    [InlineData("65537", "--rank is 65537; expected a whole number from 1 to 65536")]
    [InlineData("65536", "--rank is 65536; expected at most 32, this model's hidden_size: a larger rank adds nothing")]
    [InlineData("33", "--rank is 33; expected at most 32, this model's hidden_size: a larger rank adds nothing")]
    public void A_rank_beyond_the_layers_is_a_wrong_command_line(string rank, string message) =>
        Fails($"anit-train {{rows}} --model {{base}} --method plain --out never --rank {rank}").ShouldBe((2, $"anit-train: {message}\n"));

    [Theory]
    [InlineData("anit-eval {rows} --model {base} --adapter damaged")]
    [InlineData("anit-train merge --model {base} --adapter damaged --out never")]
    public void The_rank_of_an_adapter_is_compared_with_what_is_stored_before_memory_is_taken(string line)
    {
        var (code, error) = Fails("anit-train {rows} --model {base} --method plain --epochs 1 --batch 32 --out damaged --quiet; "
            + $"sed -i 's/\"r\": 16/\"r\": 65535/' damaged/adapter_config.json; {line}");
        code.ShouldBe(3, error);
        error.ShouldContain("lora_A.weight has shape [16, 32], adapter_config.json and the base model ask for [65535, 32]");
    }

    [Fact]
    public void A_fresh_model_larger_than_the_memory_is_refused_by_its_config()
    {
        const string Grow = "mkdir big && cp {base}/*.json big && sed -i 's/\"num_hidden_layers\": 2/\"num_hidden_layers\": 9999/; "
            + "s/\"intermediate_size\": 64/\"intermediate_size\": 16777216/' big/config.json; ";
        var (code, error) = Fails($"{Grow} anit-train {{rows}} --model big --init random --tune full --method plain --out never");
        code.ShouldBe(1, error);
        error.ShouldMatch("^anit-train: a model from scratch with this config.json has 16104.. billion parameters, 64,[0-9]+ GB, and four times "
            + "that to be trained; this machine has [0-9,]+ GB: take a smaller one\n$");
    }

    [Fact]
    public void Memory_that_libtorch_does_not_get_is_a_failed_run_that_says_what_to_do()
    {
        // 16 million words of 32 numbers are 2 GB in float32; the address space has room for the libraries and a small heap of .NET.
        const string Grow = "mkdir big && cp {base}/*.json big && "
            + "sed -i 's/\"vocab_size\": 400/\"vocab_size\": 16777216/' big/config.json;";
        var (code, error) = Fails($"{Grow} export DOTNET_GCRegionRange=0x10000000; ulimit -v 2500000; "
            + "anit-train {rows} --model big --init random --tune full --method plain --threads 1 --out never");
        code.ShouldBe(1, error);
        error.ShouldBe("anit-train: out of memory: 2.1 GB more were asked for; "
            + "take a smaller --batch, --max-length or --rank, --checkpoint-activations, or --dtype bfloat16\n");
    }

    [Fact]
    public void Memory_that_dotnet_does_not_get_is_a_failed_run_too()
    {
        var (code, error) = Fails("yes 'a long line of words' 2> /dev/null | head -c 60000000 | tr -d '\\n' | "
            + "sed 's/^/{\"id\":\"a\",\"instruction\":\"/; s/$/\"}/' > long.jsonl; "
            + "DOTNET_GCHeapHardLimit=0x4000000 anit-noise long.jsonl -o never.arrow");
        code.ShouldBe(1, error);
        error.ShouldStartWith("anit-noise: out of memory; ");
    }

    [Theory]
    [InlineData("[enforce fail at alloc_cpu.cpp:75] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 65536000 bytes. "
        + "Error code 12 (Cannot allocate memory)", "out of memory: 65.5 MB more were asked for; do so")]
    [InlineData("CUDA out of memory. Tried to allocate 2.50 GiB (GPU 0; 79.15 GiB total capacity; 77.1 GiB already allocated)",
        "out of memory on the GPU: 2.50 GiB more were asked for; do so")]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", "out of memory on the GPU; do so")]
    [InlineData("out of memory", "out of memory; do so")]
    [InlineData("not enough memory: you tried to allocate 65536000 bytes.\nframe #3: at::native::structured_add_CUDA (libtorch_cpu.so)",
        "out of memory: 65.5 MB more were asked for; do so")]
    public void Of_libtorch_s_text_the_place_and_the_size_are_kept(string text, string line)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        Assembly.LoadFrom(Path.Combine(SharedData.Repository, "artifacts", "bin", "anit-train", configuration, "anit-train.dll"))
            .GetType("Anit.Tools.OutOfMemory")!.GetMethod("Line")!.Invoke(null, [text, "do so"]).ShouldBe(line);
    }

    (int Code, string Error) Fails(string line)
    {
        using var bench = new Workbench();
        var run = bench.Bash(line.Replace("{rows}", model.Rows, StringComparison.Ordinal).Replace("{base}", model.Base, StringComparison.Ordinal));
        run.Error.Trim().Split('\n').Length.ShouldBe(1, run.ToString());
        Directory.GetFileSystemEntries(bench.Folder, "never*").ShouldBeEmpty();
        return (run.Code, run.Error);
    }
}
