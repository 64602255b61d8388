using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

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
            .ShouldBe($"{Weights}: tensor model.layers.2.mlp.up_proj.weight [2, 3] has no place in this model; does config.json belong to "
                + "these weights?");

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
    [InlineData("model.Q4_K_M.gguf", "model.Q4_K_M.gguf is llama.cpp's format, which is not read; use the model's Hugging Face folder")]
    [InlineData("pytorch_model-00001-of-00002.bin", "pytorch_model-00001-of-00002.bin is PyTorch's pickle format, which is not read; save the model "
        + "as safetensors")]
    [InlineData("consolidated.00.pth", "consolidated.00.pth is Meta's original format, which is not read")]
    [InlineData("consolidated.safetensors", "consolidated.safetensors is Mistral's original layout, which is not read")]
    [InlineData("adapter_config.json", "adapter_config.json makes it a PEFT adapter; pass the base model's folder here")]
    public void A_folder_that_holds_something_else_is_told_what_it_holds_and_what_to_do(string file, string message)
    {
        File.Delete(Weights);
        File.WriteAllText(Path.Combine(checkpoint.Folder, file), "x");
        Should.Throw<FileNotFoundException>(() => checkpoint.Load()).Message.ShouldContain(message);
        Should.Throw<FileNotFoundException>(() => Tokenizer.Load(checkpoint.Folder)).Message.ShouldContain(message);
        File.Delete(Path.Combine(checkpoint.Folder, "config.json"));
        Should.Throw<FileNotFoundException>(() => checkpoint.Load()).Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    public void A_Git_LFS_pointer_is_called_one(string file)
    {
        var path = Path.Combine(checkpoint.Folder, file);
        File.WriteAllText(path, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
        Should.Throw<InvalidDataException>(() => file == "tokenizer.json" ? (object)Tokenizer.Load(checkpoint.Folder) : checkpoint.Load()).Message
            .ShouldBe($"{path}: is a Git LFS pointer, not the file itself; run git lfs pull in its folder, or download the file");
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    public void Weights_that_are_a_device_are_refused(string device)
    {
        File.Delete(Weights);
        File.CreateSymbolicLink(Weights, device);
        Should.Throw<InvalidDataException>(() => checkpoint.Load()).Message.ShouldBe($"{Weights}: is empty, a device or a pipe; expected a "
            + "safetensors file");
    }

    [Fact]
    public void Quantized_weights_are_told_by_their_config_or_by_their_tensors()
    {
        Refusal(t => t.Select(p => p.Name == "model.layers.0.self_attn.q_proj.weight" ? ("model.layers.0.self_attn.q_proj.qweight", p.Value) : p))
            .ShouldContain("q_proj.weight is missing, expected shape [24, 24]; model.layers.0.self_attn.q_proj.qweight is there: quantized weights "
                + "are not supported");
        File.WriteAllText(Path.Combine(checkpoint.Folder, "quantize_config.json"), "{}");
        Should.Throw<InvalidDataException>(() => checkpoint.Load()).Message.ShouldContain("quantize_config.json: quantized weights (GPTQ) are not "
            + "supported; use the unquantized model");
    }

    [Fact]
    public void A_weight_that_is_no_number_is_named() =>
        Refusal(t => t.Select(p => p.Name == "model.norm.weight" ? (p.Name, () => cat([ones(20), full([4], float.NaN)], 0)) : p))
            .ShouldBe($"{Weights}: tensor model.norm.weight holds NaN or infinity (element 20); its training diverged or the file is damaged, use "
                + "another copy");

    /// <summary>Hugging Face's cache: snapshots hold links to links to blobs.</summary>
    [Fact]
    public void A_folder_of_links_loads_as_the_files_do()
    {
        using var scope = NewDisposeScope();
        var (blobs, snapshot) = (Path.Combine(checkpoint.Folder, "blobs"), Path.Combine(checkpoint.Folder, "snapshots"));
        Directory.CreateDirectory(blobs);
        Directory.CreateDirectory(snapshot);
        foreach (var name in new[] { "config.json", "model.safetensors" })
        {
            File.Copy(Path.Combine(checkpoint.Folder, name), Path.Combine(blobs, "5f" + name.Length));
            File.CreateSymbolicLink(Path.Combine(blobs, "again" + name.Length), "5f" + name.Length);
            File.CreateSymbolicLink(Path.Combine(snapshot, name), "../blobs/again" + name.Length);
        }
        using var batch = new PackedBatch([Numbers.Tokens(20, 61, 1)]);
        using var plain = checkpoint.Load();
        using (var linked = CausalLm.Load(snapshot)) linked.Hidden(batch).bytes.SequenceEqual(plain.Hidden(batch).bytes).ShouldBeTrue();
        File.Delete(Path.Combine(blobs, "5f17"));
        Should.Throw<FileNotFoundException>(() => CausalLm.Load(snapshot)).Message
            .ShouldBe($"{Path.Combine(snapshot, "model.safetensors")}: links to {Path.Combine(blobs, "5f17")}, which is not there; "
                + "download it again");
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
        a.dtype.ShouldBe(ScalarType.Float32); // on the CPU only weights are narrow
        half.Embed(batch.Ids).dtype.ShouldBe(ScalarType.BFloat16);
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
            SafetensorsWriter.Write(Weights + ".new", change(model.Exported()));
        }
        File.Move(Weights + ".new", Weights, overwrite: true);
        return Should.Throw<InvalidDataException>(() => checkpoint.Load()).Message;
    }
}
