namespace TorchSharp;

/// <summary>The scopes of the current thread, and counts of the tensors that were made and freed on it.</summary>
public sealed class DisposeScopeManager
{
    [ThreadStatic] static DisposeScopeManager? ofThread;

    internal static DisposeScopeManager OfThread => ofThread ??= new();

    internal DisposeScope? Current { get; private set; }

    internal ThreadDisposeScopeStatistics Counts { get; } = new();

    /// <summary>The counts of the current thread.</summary>
    public static ThreadDisposeScopeStatistics Statistics => OfThread.Counts;

    internal DisposeScope Open() => Current = new DisposeScope(this, Current);

    internal void Register(torch.Tensor tensor)
    {
        if (Current is { } scope)
        {
            Counts.CreatedInScopeCount++;
            scope.Hold(tensor);
        }
        else
        {
            Counts.CreatedOutsideScopeCount++;
        }
    }

    // Scopes close in any order: one that is not the innermost is cut out of the chain.
    internal void Close(DisposeScope closing)
    {
        if (ReferenceEquals(Current, closing))
        {
            Current = closing.OuterScope;
            return;
        }
        for (var scope = Current; scope is not null; scope = scope.OuterScope)
        {
            if (!ReferenceEquals(scope.OuterScope, closing)) continue;
            scope.OuterScope = closing.OuterScope;
            return;
        }
    }
}

/// <summary>How many tensors the current thread made and freed, inside and outside of scopes.</summary>
public sealed class ThreadDisposeScopeStatistics
{
    /// <summary>Tensors made while no scope was open.</summary>
    public long CreatedOutsideScopeCount { get; internal set; }

    /// <summary>Tensors freed that no scope held.</summary>
    public long DisposedOutsideScopeCount { get; internal set; }

    /// <summary>Tensors made inside a scope.</summary>
    public long CreatedInScopeCount { get; internal set; }

    /// <summary>Tensors freed that a scope held.</summary>
    public long DisposedInScopeCount { get; internal set; }

    /// <summary>Tensors handed to a scope after they were made.</summary>
    public long AttachedToScopeCount { get; internal set; }

    /// <summary>Tensors taken out of all scopes.</summary>
    public long DetachedFromScopeCount { get; internal set; }

    /// <summary>Made less freed; does not see what the garbage collector freed.</summary>
    public long ThreadTotalLiveCount => CreatedOutsideScopeCount + CreatedInScopeCount - DisposedOutsideScopeCount - DisposedInScopeCount;

    /// <summary>Sets all counts to zero.</summary>
    public void Reset() => (CreatedOutsideScopeCount, DisposedOutsideScopeCount, CreatedInScopeCount, DisposedInScopeCount,
        AttachedToScopeCount, DetachedFromScopeCount) = (0, 0, 0, 0, 0, 0);
}
