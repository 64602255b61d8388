using Shouldly;
using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Torch.Tests;

/// <summary>Values in and out, types, indexing by assignment, errors.</summary>
public sealed class TensorTests : IDisposable
{
    readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Values_come_back_as_they_went_in()
    {
        tensor(new[] { 1.5f, -2 }).data<float>().ToArray().ShouldBe([1.5f, -2]);
        tensor(new[] { long.MaxValue, long.MinValue }).data<long>().ToArray().ShouldBe([long.MaxValue, long.MinValue]);
        tensor(new[] { 1, 2, 3, 4 }, [2, 2]).data<int>()[1, 0].ShouldBe(3);
        tensor(new[] { true, false }).data<bool>().ToArray().ShouldBe([true, false]);
        tensor(new[] { (Half)0.5 }).data<Half>().ToArray().ShouldBe([(Half)0.5]);
        tensor(new double[] { 1, 2, 3, 4 }, [2, 2]).t().data<double>().ToArray().ShouldBe([1, 3, 2, 4]);
        tensor(Array.Empty<float>()).shape.ShouldBe([0L]);
        tensor(3L).item<long>().ShouldBe(3);
        tensor(new List<int> { 1, 2 }, dtype: float32).data<float>().ToArray().ShouldBe([1, 2]);
    }

    [Fact]
    public void Bytes_carry_any_element_type()
    {
        var half = tensor(new[] { 1f, -2f }).bfloat16();
        half.bytes.ToArray().ShouldBe([0x80, 0x3f, 0x00, 0xc0]);
        var copy = empty(2, bfloat16);
        copy.bytes = half.bytes;
        copy.to(float32).data<float>().ToArray().ShouldBe([1, -2]);
        half.data<ushort>().ToArray().ShouldBe([(ushort)0x3f80, (ushort)0xc000]);

        using var stream = new MemoryStream();
        arange(1000).WriteBytesToStream(stream);
        stream.Position = 0;
        var back = empty(1000, int64);
        back.ReadBytesFromStream(stream);
        back.equal(arange(1000)).all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void Types_follow_the_values()
    {
        tensor(1).dtype.ShouldBe(int32);
        tensor(1L).dtype.ShouldBe(int64);
        tensor(1f).dtype.ShouldBe(float32);
        tensor(1.0).dtype.ShouldBe(float64);
        arange(3).dtype.ShouldBe(int64);
        arange(0, 1, 0.5).dtype.ShouldBe(float32);
        full([2], 1).dtype.ShouldBe(int64);
        zeros(2).dtype.ShouldBe(float32);
        (ones(1, float32) * 0.5).dtype.ShouldBe(float32);
        (ones(1, int64) * 0.5).dtype.ShouldBe(float32);
    }

    [Fact]
    public void Places_can_be_assigned()
    {
        var x = zeros(3, 3);
        x[1] = 5f;
        x[.., 2] = tensor(new[] { 1f, 2, 3 });
        x[0, 0] = -1f;
        x[x > 4] = 7f;
        x.data<float>().ToArray().ShouldBe([-1, 0, 1, 7, 7, 2, 0, 0, 3]);
    }

    [Fact]
    public void Shapes_are_told_and_changed()
    {
        var x = arange(24).view(2, 3, 4);
        (x.ndim, x.numel(), x.size(-1)).ShouldBe((3, 24, 4));
        x.permute(2, 0, 1).shape.ShouldBe([4L, 2, 3]);
        x.transpose(0, 1).is_contiguous().ShouldBeFalse();
        x.unsqueeze(1).expand(2, 5, 3, 4).shape.ShouldBe([2L, 5, 3, 4]);
        x.unflatten(2, 2, -1).shape.ShouldBe([2L, 3, 2, 2]);
        x.split([1, 2], 1).Select(t => t.size(1)).ShouldBe([1L, 2]);
        stack([x, x]).shape.ShouldBe([2L, 2, 3, 4]);
        Should.Throw<ArgumentOutOfRangeException>(() => x.size(3));
        x.ToString().ShouldBe("[2x3x4], type = Int64, device = cpu");
    }

    [Fact]
    public void Random_numbers_repeat_with_their_generator()
    {
        using var generator = new Generator(9);
        var first = rand(5, generator: generator);
        var state = generator.get_state();
        var second = rand(5, generator: generator);
        generator.set_state(state);
        rand(5, generator: generator).equal(second).all().item<bool>().ShouldBeTrue();
        generator.manual_seed(9);
        empty(5).uniform_(0, 1, generator).equal(first).all().item<bool>().ShouldBeTrue();
        generator.initial_seed().ShouldBe(9);
    }

    [Fact]
    public void Errors_arrive_with_the_first_line_of_libtorch()
    {
        var error = Should.Throw<TorchException>(() => zeros(2, 3).matmul(zeros(2, 3)));
        error.Message.ShouldBe("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
        Should.Throw<TorchException>(() => zeros(2).add_(zeros(3))).Message.ShouldNotContain("\n");
        Should.Throw<ArgumentException>(() => zeros(2).data<double>()).Message.ShouldBe("Double is not compatible with Float32");
        Should.Throw<ArgumentException>(() => zeros(2).item<float>());
        Should.Throw<ArgumentException>(() => new Device("gpu")).Message.ShouldStartWith("unknown device 'gpu': write cpu, cuda or cuda:0");
        Should.Throw<InvalidOperationException>(() => zeros(2, 3).t().bytes.Length);
    }

    [Fact]
    public void Too_little_memory_is_told_apart() =>
        Should.Throw<TorchOutOfMemoryException>(() => empty(1L << 50)).Message.ShouldContain("memory");

    [Fact]
    public void Threads_are_settable()
    {
        var before = get_num_threads();
        set_num_threads(1);
        get_num_threads().ShouldBe(1);
        set_num_threads(before);
    }

    [Fact]
    public void A_product_is_the_same_for_every_layout_of_its_factors()
    {
        manual_seed(1);
        foreach (var (m, k, n) in new[] { (1L, 1L, 1L), (3L, 5L, 7L), (64L, 33L, 17L), (1L, 40L, 9L), (40L, 1L, 9L) })
        {
            var (a, b) = (randn(m, k), randn(k, n));
            var exact = a.to(float64).mm(b.to(float64)).to(float32);
            foreach (var left in new[] { a, a.t().contiguous().t() })
                foreach (var right in new[] { b, b.t().contiguous().t() })
                    left.mm(right).allclose(exact, 1e-5, 1e-5).ShouldBeTrue($"{m} {k} {n}");
            full([m, n], 2f).addmm(a, b, 0.5f, 3).allclose(1 + exact * 3, 1e-5, 1e-5).ShouldBeTrue();
        }
    }
}
