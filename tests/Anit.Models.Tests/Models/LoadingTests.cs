using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests;

public sealed class LoadingTests : IDisposable
{
    readonly Checkpoint checkpoint = new(Checkpoint.Small);

    public void Dispose() => checkpoint.Dispose();

    string Weights => Path.Combine(checkpoint.Folder, "model.safetensors");

    [Fact]
    public void A_missing_tensor_is_named_with_file_and_shape() =>
        Refusal(t => t.Where(p => p.Name != "model.layers.1.mlp.up_proj.weight"))
            .ShouldBe($"{Weights}: tensor model.layers.1.mlp.up_proj.weight is missing, expected shape [40, 24]");

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes() =>
        Refusal(t => t.Select(p => p.Name == "model.norm.weight" ? (p.Name, () => ones(25)) : p))
            .ShouldBe($"{Weights}: tensor model.norm.weight has shape [25], config.json asks for [24]");

    [Fact]
    public void A_tensor_without_a_place_is_named() =>
        Refusal(t => t.Append(("model.layers.2.mlp.up_proj.weight", () => ones(2, 3))))
            .ShouldBe($"{Weights}: tensor model.layers.2.mlp.up_proj.weight [2, 3] has no place in this model; does config.json belong to these weights?");

    [Fact]
    public void A_tensor_of_integers_is_named() =>
        Refusal(t => t.Select(p => p.Name == "model.norm.weight" ? (p.Name, () => ones([24], ScalarType.Int64)) : p))
            .ShouldContain("tensor model.norm.weight is I64, expected F32, BF16 or F16");

    [Fact]
    public void A_file_cut_short_is_named()
    {
        using (var file = File.OpenWrite(Weights)) file.SetLength(file.Length - 100);
        Should.Throw<InvalidDataException>(() => checkpoint.Load()).Message.ShouldContain("it was cut short, download it again");
    }

    [Fact]
    public void A_folder_that_is_none_is_named()
    {
        Should.Throw<FileNotFoundException>(() => CausalLm.Load("/no/such/model")).Message.ShouldBe("/no/such/model: no such model folder");
        File.Delete(Path.Combine(checkpoint.Folder, "config.json"));
        Should.Throw<FileNotFoundException>(() => checkpoint.Load()).Message.ShouldContain("no config.json");
    }

    [Theory]
    [InlineData(ScalarType.BFloat16, 0.02)]
    [InlineData(ScalarType.Float16, 0.003)]
    public void Half_precision_files_load_and_compute_close_to_single(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var single = checkpoint.Load();
        var folder = Path.Combine(checkpoint.Folder, "half");
        ModelFolder.Save(folder, single, dtype: type);
        using var half = CausalLm.Load(folder);
        using var batch = new PackedBatch([Numbers.Tokens(20, 61, 1)]);
        Numbers.Distance(half.Hidden(batch), single.Hidden(batch)).ShouldBeLessThan(tolerance);
        new FileInfo(Path.Combine(folder, "model.safetensors")).Length.ShouldBeLessThan(new FileInfo(Weights).Length * 6 / 10);
    }

    [Fact]
    public void Computing_in_bfloat16_stays_close_to_single_precision()
    {
        using var scope = NewDisposeScope();
        using var single = checkpoint.Load(new(Tune.Lora) { Lora = new(3, 6, 0) });
        using var half = checkpoint.Load(new(Tune.Lora) { Lora = new(3, 6, 0), Dtype = ScalarType.BFloat16 });
        Checkpoint.Fill(single, 3);
        Checkpoint.Fill(half, 3);
        using var batch = new PackedBatch([Numbers.Tokens(20, 61, 1), Numbers.Tokens(7, 61, 2)]);

        var (a, b) = (half.Hidden(batch), single.Hidden(batch));
        a.dtype.ShouldBe(ScalarType.BFloat16);
        Numbers.Distance(a, b).ShouldBeLessThan(0.03);
        a.square().sum().backward();
        b.square().sum().backward();
        for (var i = 0; i < single.Trained.Count; i++)
        {
            half.Trained[i].Value.grad!.dtype.ShouldBe(ScalarType.Float32);
            Numbers.Distance(half.Trained[i].Value.grad!, single.Trained[i].Value.grad!).ShouldBeLessThan(0.15, single.Trained[i].Name);
        }
    }

    [Fact]
    public void Fresh_weights_follow_from_seed_and_name_alone()
    {
        using var scope = NewDisposeScope();
        using var one = checkpoint.Load(new(Tune.Full) { RandomInit = true, Seed = 5 });
        using var same = checkpoint.Load(new() { RandomInit = true, Seed = 5 });
        using var other = checkpoint.Load(new() { RandomInit = true, Seed = 6 });
        using var batch = new PackedBatch([[1, 2, 3]]);
        same.Hidden(batch).equal(one.Hidden(batch)).all().item<bool>().ShouldBeTrue();
        Numbers.Distance(other.Hidden(batch), one.Hidden(batch)).ShouldBeGreaterThan(0.1);

        var big = Init.Normal(0.02).Make([700, 1000], 9); // several workers' worth
        var piece = new float[1000];
        Init.Normal(0.02).Fill(9, 600_000, piece);
        big[600].data<float>().ToArray().ShouldBe(piece);
        big.std().item<float>().ShouldBe(0.02f, 2e-4f);
        big.mean().item<float>().ShouldBe(0, 1e-4f);
    }

    [Fact]
    public void Full_tuning_never_touches_the_file()
    {
        var before = File.ReadAllBytes(Weights);
        using (var model = checkpoint.Load(new(Tune.Full)))
        using (no_grad())
            foreach (var (_, value) in model.Trained) value.zero_();
        File.ReadAllBytes(Weights).ShouldBe(before);
        Should.Throw<ArgumentException>(() => checkpoint.Load(new(Tune.Full) { Lora = new() }));
    }

    string Refusal(Func<IEnumerable<(string Name, Func<Tensor> Value)>, IEnumerable<(string Name, Func<Tensor> Value)>> change)
    {
        using (var model = checkpoint.Load())
        {
            Safetensors.Write(Weights + ".new", change(model.Exported()));
        }
        File.Move(Weights + ".new", Weights, overwrite: true);
        return Should.Throw<InvalidDataException>(() => checkpoint.Load()).Message;
    }
}
