using System.Buffers.Binary;
using System.Text;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

public sealed class SafetensorsTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("anit-safetensors-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(ScalarType.Float32, "F32")]
    [InlineData(ScalarType.BFloat16, "BF16")]
    [InlineData(ScalarType.Float16, "F16")]
    [InlineData(ScalarType.Float64, "F64")]
    public void What_is_written_is_read_back_bit_for_bit(ScalarType type, string word)
    {
        using var scope = NewDisposeScope();
        var a = Init.Normal(1).Make([3, 5], 1).to(type);
        var b = Init.Normal(1).Make([7], 2).to(type);
        var path = Write("m.safetensors", ("z.weight", a), ("a.weight", b), ("scalar", tensor(1.5f).to(type)), ("none", empty([0, 4], type)));

        using var file = new SafetensorsFile(path);
        file.Metadata["format"].ShouldBe("pt");
        file.Tensors.Keys.Order().ShouldBe(["a.weight", "none", "scalar", "z.weight"]);
        file.Tensors["z.weight"].Shape.ShouldBe([3L, 5L]);
        file.Tensors["z.weight"].Type.ShouldBe(word);
        MappedWeights.Copy(file, file.Tensors["z.weight"]).bytes.SequenceEqual(a.bytes).ShouldBeTrue();
        MappedWeights.Copy(file, file.Tensors["a.weight"]).bytes.SequenceEqual(b.bytes).ShouldBeTrue();
    }

    /// <summary>The file is sparse, so that it takes neither room nor time.</summary>
    [Fact]
    public void A_tensor_beyond_2_GiB_is_mapped_and_read_to_its_end()
    {
        const long Rows = 1_100_000, Bytes = Rows * 1024 * 2;
        var path = Path.Combine(folder, "model.safetensors");
        var header = Encoding.UTF8.GetBytes(
            $$$"""{"model.embed_tokens.weight":{"dtype":"F16","shape":[{{{Rows}}},1024],"data_offsets":[0,{{{Bytes}}}]}}""".PadRight(120));
        using (var file = File.Create(path))
        {
            var length = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            file.Write(header);
            file.SetLength(8 + header.Length + Bytes);
            file.Position = file.Length - 2;
            file.Write([0x00, 0x3C]); // 1 in float16
        }
        using var scope = NewDisposeScope();
        using var opened = new SafetensorsFolder(folder);
        using var mapped = new MappedWeights(opened);
        mapped.Read("model.embed_tokens.weight", [Rows, 1024])[Rows - 1, 1023].to(ScalarType.Float32).item<float>().ShouldBe(1);
        opened.TryFind("model.embed_tokens.weight", out var found, out var stored).ShouldBeTrue();
        found.Bytes(stored, Bytes - 2, 2).ToArray().ShouldBe([0x00, 0x3C]);
    }

    [Fact]
    public void A_tensor_of_several_blocks_is_copied_whole()
    {
        using var scope = NewDisposeScope();
        var values = arange(0, (1 << 24) + 5, 1, ScalarType.Float32).to(ScalarType.Float16);
        using var file = new SafetensorsFile(Write("m", ("a", values)));
        MappedWeights.Copy(file, file.Tensors["a"]).bytes.SequenceEqual(values.bytes).ShouldBeTrue();
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes_in_any_order()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Init.Normal(1).Make([4], 1), Init.Normal(1).Make([6], 2).to(ScalarType.BFloat16));
        var first = File.ReadAllBytes(Write("1", ("a", a), ("b", b)));
        File.ReadAllBytes(Write("2", ("b", b), ("a", a))).ShouldBe(first);
        (BinaryPrimitives.ReadUInt64LittleEndian(first) % 8).ShouldBe(0UL, "tensors begin at a multiple of 8");
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_no_other()
    {
        using var scope = NewDisposeScope();
        var path = Write("m", ("a", ones(2)));
        var old = File.ReadAllBytes(path);
        var calls = 0;

        Should.Throw<IOException>(() => SafetensorsWriter.Write(path, [("a", () => calls++ == 0 ? ones(2) : throw new IOException("disk full"))]));

        File.ReadAllBytes(path).ShouldBe(old);
        Directory.GetFiles(folder).ShouldBe([path]);
    }

    [Theory]
    [InlineData("", "is empty, a device or a pipe")]
    [InlineData("\x00\x00\x00\x00\x00\x00\x00\x01{}", "the header claims")]
    [InlineData("{x}", "no valid JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "no valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "tensor a: needs bytes up to")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "tensor a: shape [2] of F32 takes 8 bytes, data_offsets give 4")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}""", "tensor a: unknown dtype Q4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "needs dtype, shape and two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "needs dtype, shape and two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""", "overlap or leave a hole")]
    [InlineData("""{}""", "4 bytes follow the last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,4]}}""", "data_offsets give 4")]
    public void A_damaged_file_is_named_with_what_is_wrong(string header, string message)
    {
        var path = Path.Combine(folder, "bad.safetensors");
        var bytes = header.StartsWith('{') || header.StartsWith('[') ? WithHeader(header, data: 4) : Encoding.Latin1.GetBytes(header);
        File.WriteAllBytes(path, bytes);

        var error = Should.Throw<InvalidDataException>(() => new SafetensorsFile(path));

        error.Message.ShouldStartWith(path);
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void No_damage_whatever_gets_another_answer_than_one_clear_error()
    {
        using var scope = NewDisposeScope();
        var good = File.ReadAllBytes(Write("good", ("a", ones(3, 2)), ("b", zeros(5))));
        var path = Path.Combine(folder, "damaged");
        for (var seed = 0UL; seed < 500; seed++)
        {
            var bytes = good.ToArray();
            var draw = SplitMix64.At(1, seed);
            if (draw % 3 == 0) bytes = bytes[..(int)((draw >> 8) % (ulong)bytes.Length)];
            else for (var i = 0UL; i < draw % 5; i++) bytes[(SplitMix64.At(2, seed * 8 + i)) % 150] = (byte)SplitMix64.At(3, seed * 8 + i);
            File.WriteAllBytes(path, bytes);
            try
            {
                using var file = new SafetensorsFile(path);
                foreach (var tensor in file.Tensors.Values) file.Bytes(tensor, 0, (int)tensor.Length).Length.ShouldBe((int)tensor.Length);
            }
            catch (InvalidDataException e)
            {
                e.Message.ShouldStartWith(path, customMessage: $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Shards_are_read_through_their_index()
    {
        using var scope = NewDisposeScope();
        Write("model-1.safetensors", ("a", ones(2)));
        Write("model-2.safetensors", ("b", ones(3)));
        Index("""{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}""");

        using var all = new SafetensorsFolder(folder);

        all.Names.ShouldBe(["a", "b"]);
        all.TryFind("b", out var file, out _).ShouldBeTrue();
        file.Path.ShouldEndWith("model-2.safetensors");
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"model-9.safetensors"}}""", "no such file, though")]
    [InlineData("""{"weight_map":{"a":"model-1.safetensors","z":"model-1.safetensors"}}""", "tensor z is missing")]
    [InlineData("""{"weight_map":{"a":"../model-1.safetensors"}}""", "no plain file name")]
    [InlineData("""{"weights":{}}""", "weight_map")]
    [InlineData("nonsense", "weight_map")]
    public void An_index_that_does_not_fit_its_shards_is_refused(string index, string message)
    {
        using var scope = NewDisposeScope();
        Write("model-1.safetensors", ("a", ones(2)));
        Index(index);
        Should.Throw<SystemException>(() => new SafetensorsFolder(folder)).Message.ShouldContain(message);
    }

    [Fact]
    public void A_folder_without_weights_says_what_was_looked_for()
    {
        File.WriteAllText(Path.Combine(folder, "pytorch_model.bin"), "");
        Should.Throw<FileNotFoundException>(() => new SafetensorsFolder(folder)).Message.ShouldContain("pytorch_model.bin is PyTorch's pickle "
            + "format, which is not read");
        Should.Throw<FileNotFoundException>(() => new SafetensorsFolder(folder + "x")).Message.ShouldContain("no such folder");
    }

    string Write(string name, params (string Name, Tensor Value)[] tensors)
    {
        var path = Path.Combine(folder, name);
        SafetensorsWriter.Write(path, tensors.Select(t => (t.Name, (Func<Tensor>)(() => t.Value.alias()))));
        return path;
    }

    void Index(string json) => File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), json);

    static byte[] WithHeader(string json, int data)
    {
        var text = Encoding.UTF8.GetBytes(json);
        var bytes = new byte[8 + text.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }
}
