using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Frees, when it is disposed, every tensor made on this thread since it was opened, except those moved out.</summary>
/// <remarks>A tensor knows its scope and its place in it, so that holding and letting go cost no search.</remarks>
public sealed class DisposeScope : IDisposable
{
    readonly DisposeScopeManager manager;
    readonly List<Tensor> held = [];
    bool closed;

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer) => (this.manager, OuterScope) = (manager, outer);

    internal DisposeScope? OuterScope { get; set; }

    /// <summary>What would be freed now.</summary>
    public IReadOnlyList<IDisposable> DisposablesView => [.. Open().held];

    /// <summary>How many tensors would be freed now.</summary>
    public int DisposablesCount => Open().held.Count;

    /// <summary>Hands an object to the enclosing scope; without one it is nobody's, and yours to dispose.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(OuterScope, disposable);

    /// <inheritdoc cref="MoveToOuter{T}(T)"/>
    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second));

    /// <inheritdoc cref="MoveToOuter{T}(T)"/>
    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    /// <inheritdoc cref="MoveToOuter{T}(T)"/>
    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, (IEnumerable<IDisposable>)disposables);

    /// <inheritdoc cref="MoveToOuter{T}(T)"/>
    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    /// <summary>Hands an object this scope holds to another scope; to none when that is null.</summary>
    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        if (scope is null) return Detach(disposable);
        if (Open().Contains(disposable)) scope.Take(AsTensor(disposable));
        return disposable;
    }

    /// <inheritdoc cref="MoveToOther{T}(DisposeScope, T)"/>
    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    /// <inheritdoc cref="MoveToOther{T}(DisposeScope, T)"/>
    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) MoveToOther(scope, disposable);
    }

    /// <summary>Takes an object out: no scope frees it any more.</summary>
    public T Detach<T>(T disposable) where T : IDisposable
    {
        if (Open().Contains(disposable))
        {
            Drop(AsTensor(disposable));
            manager.Counts.DetachedFromScopeCount++;
        }
        return disposable;
    }

    /// <inheritdoc cref="Detach{T}(T)"/>
    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (Detach(first), Detach(second));

    /// <inheritdoc cref="Detach{T}(T)"/>
    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    /// <inheritdoc cref="Detach{T}(T)"/>
    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) Detach<IDisposable>(disposable);
    }

    /// <summary>Makes this scope the one that frees the object, whoever held it before.</summary>
    public void Attach(IDisposable disposable)
    {
        if (Open().Take(AsTensor(disposable))) manager.Counts.AttachedToScopeCount++;
    }

    /// <inheritdoc cref="Attach(IDisposable)"/>
    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    /// <inheritdoc cref="Attach(IDisposable)"/>
    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var all = disposables.ToArray();
        foreach (var disposable in all) Attach(disposable);
        return all;
    }

    /// <summary>Frees all it holds and stays open.</summary>
    public void DisposeEverything() => DisposeEverythingBut([]);

    /// <summary>Frees all it holds except these, which it goes on holding.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        Open();
        var keep = inKeep.ToHashSet<IDisposable>(ReferenceEqualityComparer.Instance);
        for (var i = held.Count - 1; i >= 0; i--)
            if (keep.Count == 0 || !keep.Contains(held[i])) held[i].Dispose(); // leaves the list by itself
    }

    /// <inheritdoc cref="DisposeEverythingBut(IEnumerable{IDisposable})"/>
    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    /// <inheritdoc cref="DisposeEverythingBut(IEnumerable{IDisposable})"/>
    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    /// <summary>Frees all it holds and closes.</summary>
    public void Dispose()
    {
        if (closed) return;
        DisposeEverything();
        manager.Close(this);
        closed = true;
    }

    /// <summary>Forgets an object that somebody else has freed.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        if (Open().Contains(disposable)) Drop(AsTensor(disposable));
    }

    /// <summary>Whether this scope would free the object.</summary>
    public bool Contains(IDisposable disposable) => disposable is Tensor tensor && ReferenceEquals(tensor.OwningDisposeScope, this);

    internal void Hold(Tensor tensor)
    {
        tensor.OwningDisposeScope = this;
        tensor.PlaceInScope = held.Count;
        held.Add(tensor);
    }

    internal void Drop(Tensor tensor)
    {
        var last = held[^1];
        held[tensor.PlaceInScope] = last;
        last.PlaceInScope = tensor.PlaceInScope;
        held.RemoveAt(held.Count - 1);
        tensor.OwningDisposeScope = null;
    }

    bool Take(Tensor tensor)
    {
        if (Contains(tensor)) return false;
        tensor.OwningDisposeScope?.Drop(tensor);
        Hold(tensor);
        return true;
    }

    DisposeScope Open()
    {
        ObjectDisposedException.ThrowIf(closed, this);
        return this;
    }

    static Tensor AsTensor(IDisposable disposable) =>
        disposable as Tensor ?? throw new InvalidOperationException("a dispose scope holds tensors only");
}
