using Shouldly;
using static TorchSharp.torch;

namespace Anit.Torch.Tests;

public sealed class MappedFileTests : IDisposable
{
    readonly string path = Path.Combine(Path.GetTempPath(), $"anit-{Guid.NewGuid():N}.bin");

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Tensors_lie_over_the_file_and_outlive_it()
    {
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(7L), .. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), 0x80, 0x3f, 0, 0xc0]);
        using var scope = NewDisposeScope();
        Tensor floats, halves;
        using (var file = new MappedFile(path))
        {
            file.Length.ShouldBe(20);
            file.Tensor(0, [], int64).item<long>().ShouldBe(7);
            floats = file.Tensor(8, [2, 1], float32);
            halves = file.Tensor(16, [2], bfloat16);
        }
        floats.data<float>().ToArray().ShouldBe([1.5f, -2]);
        halves.to(float32).data<float>().ToArray().ShouldBe([1, -2]);
        floats.fill_(9);
        BitConverter.ToSingle(File.ReadAllBytes(path), 8).ShouldBe(1.5f);
    }

    [Fact]
    public void What_does_not_lie_in_the_file_is_refused()
    {
        File.WriteAllBytes(path, new byte[10]);
        using var file = new MappedFile(path);
        Should.Throw<TorchException>(() => file.Tensor(0, [3], float32)).Message.ShouldBe("a tensor of 12 bytes at byte 0 does not fit into a file "
            + "of 10 bytes");
        Should.Throw<TorchException>(() => file.Tensor(1, [1], float32)).Message.ShouldContain("not aligned");
        Should.Throw<TorchException>(() => file.Tensor(8, [1], float32)).Message.ShouldContain("does not fit");
        file.Tensor(8, [0], float32).numel().ShouldBe(0);
        Should.Throw<FileNotFoundException>(() => new MappedFile(path + ".not")).Message.ShouldBe($"{path}.not not found");
    }
}
