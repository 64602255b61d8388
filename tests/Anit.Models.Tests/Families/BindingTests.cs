using System.Runtime.InteropServices;
using Anit.Torch;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>What callers rely on over our binding and over TorchSharp's assemblies alike (docs/torch.md).</summary>
public sealed class BindingTests
{
    [Fact]
    public void Want_of_memory_is_told_apart_from_other_errors_of_libtorch()
    {
        var other = Should.Throw<ExternalException>(() => zeros(2).add(zeros(3))); // not matmul: TorchSharp's ends the process
        other.Message.ShouldStartWith("The size of tensor a (2) must match the size of tensor b (3)");
        TorchOutOfMemoryException.Is(other).ShouldBeFalse();
        TorchOutOfMemoryException.Is(Should.Throw<ExternalException>(() => empty(1L << 50))).ShouldBeTrue();
    }

    [Theory] // TorchSharp throws the base type for every error, libtorch's stack below its text
    [InlineData("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4503599627370496 bytes.\nframe #0: c10::Error", true)]
    [InlineData("CUDA out of memory. Tried to allocate 2.50 GiB", true)]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", true)]
    [InlineData("The size of tensor a (2) must match the size of tensor b (3)\nframe #0: c10::Error", false)]
    public void Where_all_errors_have_one_type_the_text_tells(string text, bool memory) =>
        TorchOutOfMemoryException.Is(new Untyped(text)).ShouldBe(memory);

    [Fact]
    public void Dotnets_own_error_is_one_too() =>
        TorchOutOfMemoryException.Is(Should.Throw<OutOfMemoryException>(() => new long[int.MaxValue - 7, 99])).ShouldBeTrue();

    sealed class Untyped(string text) : ExternalException(text);
}
