using Shouldly;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Anit.Torch.Tests;

/// <summary>Who frees a tensor, and that somebody does.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void A_scope_frees_what_was_made_in_it_except_what_was_moved_out()
    {
        Tensor inner, moved, outer;
        using (var first = NewDisposeScope())
        {
            outer = zeros(1);
            using (var second = NewDisposeScope())
            {
                inner = zeros(2);
                moved = zeros(3).MoveToOuterDisposeScope();
                second.DisposablesCount.ShouldBe(1);
            }
            inner.IsInvalid.ShouldBeTrue();
            moved.IsInvalid.ShouldBeFalse();
            first.DisposablesCount.ShouldBe(2);
        }
        (moved.IsInvalid, outer.IsInvalid).ShouldBe((true, true));
    }

    [Fact]
    public void A_detached_tensor_outlives_all_scopes_and_can_be_attached_again()
    {
        Tensor kept;
        using (NewDisposeScope()) kept = ones(2).DetachFromDisposeScope();
        kept.sum().item<float>().ShouldBe(2);
        using (var scope = NewDisposeScope()) scope.Attach(kept);
        kept.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public void Any_order_of_moves_and_disposals_leaves_nothing_behind()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            var loose = new List<Tensor>();
            using (NewDisposeScope())
            using (var inner = NewDisposeScope())
            {
                var all = Enumerable.Range(0, 20).Select(_ => empty(1)).ToList();
                foreach (var tensor in all.OrderBy(_ => random.Next()))
                    switch (random.Next(5))
                    {
                        case 0: tensor.Dispose(); break;
                        case 1: tensor.MoveToOuterDisposeScope(); break;
                        case 2: loose.Add(tensor.DetachFromDisposeScope()); break;
                        case 3: inner.DisposeEverythingBut(all.Take(5)); break;
                    }
            }
            loose.ForEach(t => t.Dispose());
            DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before, $"seed {seed}");
        }
    }

    [Fact]
    public void A_training_step_leaves_no_tensor_alive()
    {
        using var w = new Parameter(randn(8, 8).DetachFromDisposeScope());
        void Step()
        {
            using var scope = NewDisposeScope();
            var x = randn(4, 8);
            var kept = x.detach();
            Tensor hidden;
            using (no_grad()) hidden = F.linear(kept, w);
            hidden = Native.WithBackward(hidden, [x, w], (grad, _) => [null, grad.t().mm(kept)], kept);
            F.cross_entropy(F.silu(hidden), arange(4)).backward();
            using (no_grad()) w.add_(w.grad!, -1e-3);
            w.grad = null;
        }
        Step();
        var alive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++) Step();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(alive);
    }

    [Fact]
    public void The_garbage_collector_frees_what_nobody_disposed()
    {
        var before = Tensor.TotalCount;
        Forget();
        for (var i = 0; i < 20 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Tensor.TotalCount.ShouldBeLessThan(before + 100);

        static void Forget()
        {
            for (var i = 0; i < 1000; i++) _ = zeros(10);
        }
    }

    [Fact]
    public void A_parameter_takes_its_tensor_over()
    {
        using var scope = NewDisposeScope();
        var data = ones(2);
        var parameter = new Parameter(data);
        data.IsInvalid.ShouldBeTrue();
        (parameter.requires_grad, parameter.is_leaf).ShouldBe((true, true));
        scope.Contains(parameter).ShouldBeTrue();
    }

    [Fact]
    public void A_freed_tensor_is_refused_with_a_plain_exception()
    {
        var gone = ones(2);
        gone.Dispose();
        gone.Dispose();
        Should.Throw<ObjectDisposedException>(() => gone + 1);
        gone.ToString().ShouldBe("(disposed)");
    }
}
