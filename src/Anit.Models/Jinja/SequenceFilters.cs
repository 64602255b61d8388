namespace Anit.Models.Jinja;

/// <summary>Filters over the items of a value. Those that Python makes lazily give items that can be gone over once.</summary>
static class SequenceFilters
{
    static readonly Dictionary<string, Filters.Filter> All = new(StringComparer.Ordinal)
    {
        ["batch"] = (v, a, r) => new Once(Batches(r.List(Values.Items(v)), a.Whole(0, "linecount", 1), a.Take(1, "fill_with", null))),
        ["dictsort"] = DictSort,
        ["first"] = (v, _, _) => v is string { Length: > 0 } text ? Lookup.Item(text, 0L) : First(Values.Items(v)),
        ["groupby"] = GroupBy,
        ["items"] = (v, _, _) => v switch
        {
            Undefined => new Once([]),
            Dict entries => new Once(entries.Pairs.Select(p => (object?)new[] { p.Key, p.Value })),
            _ => throw new Fault($"items of {Values.Kind(v)}, which is no mapping"),
        },
        ["last"] = (v, _, _) => v is Once ? throw new Fault("'last' cannot go over these items from the end; put |list before it")
            : Values.Items(v).Cast<object?>().DefaultIfEmpty(new Undefined("last")).Last(),
        ["list"] = (v, _, r) => r.List(Values.Items(v)),
        ["map"] = Map,
        ["max"] = (v, a, r) => Extreme(v, a, r, 1),
        ["min"] = (v, a, r) => Extreme(v, a, r, -1),
        ["reject"] = (v, a, r) => Choose(v, a, r, byAttribute: false, wanted: false),
        ["rejectattr"] = (v, a, r) => Choose(v, a, r, byAttribute: true, wanted: false),
        ["select"] = (v, a, r) => Choose(v, a, r, byAttribute: false, wanted: true),
        ["selectattr"] = (v, a, r) => Choose(v, a, r, byAttribute: true, wanted: true),
        ["reverse"] = (v, _, r) => v is string text ? string.Concat(Python.CodePoints(text).Reverse())
            : v is Once ? throw new Fault("'reverse' cannot go over these items from the end; put |list before it")
            : new Once(r.List(Values.Items(v)).AsEnumerable().Reverse()),
        ["sort"] = Sort,
        ["sum"] = (v, a, r) =>
        {
            var (path, start) = (a.Take(0, "attribute", null), a.Take(1, "start", 0L));
            return Values.Items(v).Aggregate(start, (sum, item) => Operations.Apply("+", sum, path is null ? item : Lookup.Path(item, path), r));
        },
        ["unique"] = Unique,
    };

    /// <summary>The filter of a name; null where there is none.</summary>
    public static Filters.Filter? Of(string name) => All.GetValueOrDefault(name);

    static object? First(IEnumerable<object?> items)
    {
        foreach (var item in items) return item;
        return new Undefined("first");
    }

    static IEnumerable<object?> Batches(List<object?> items, int size, object? fill)
    {
        if (size < 1) throw new Fault("batch wants batches of 1 item or more");
        foreach (var batch in items.Chunk(size))
        {
            var list = batch.ToList();
            while (fill is not null && list.Count < size && list.Count < Rendering.LongestList) list.Add(fill);
            yield return list;
        }
    }

    static Once Map(object? value, Arguments arguments, Rendering rendering)
    {
        if (arguments.Positional.Count == 0)
        {
            var (path, preset) = (arguments.Need(int.MaxValue, "attribute"), arguments.Take(int.MaxValue, "default", null));
            return new Once(ItemsOf(value).Select(item =>
                Lookup.Path(item, path) is var found && found is Undefined && preset is not null ? preset : found));
        }
        var name = arguments.Take(0, "filter", null) as string ?? throw new Fault("map wants the name of a filter, or attribute='name'");
        var rest = Rest(arguments, 1, name);
        return new Once(ItemsOf(value).Select(item => Filters.Apply(name, item, rest(), rendering)));
    }

    static Once Choose(object? value, Arguments arguments, Rendering rendering, bool byAttribute, bool wanted)
    {
        var path = byAttribute ? arguments.Need(0, "attribute") : null;
        var at = byAttribute ? 1 : 0;
        var test = arguments.Take(at, "", null) as string;
        var rest = Rest(arguments, at + 1, test ?? "");
        return new(ItemsOf(value).Where(item =>
        {
            rendering.Spend();
            var tested = byAttribute ? Lookup.Path(item, path) : item;
            return wanted == (test is null ? Values.Truth(tested) : Predicates.Holds(test, tested, rest(), rendering));
        }));
    }

    // Nothing comes of what is false, none for example.
    static IEnumerable<object?> ItemsOf(object? value) => Values.Truth(value) ? Values.Items(value) : [];

    // What is left of the arguments is for another filter or test, each time anew.
    static Func<Arguments> Rest(Arguments arguments, int from, string name)
    {
        for (var i = from; i < arguments.Positional.Count; i++) arguments.Take(i, "", null);
        foreach (var (key, _) in arguments.Named) arguments.Take(int.MaxValue, key, null);
        var positional = arguments.Positional.Skip(from).ToList();
        return () => new(name, positional, arguments.Named);
    }

    static List<object?> Sort(object? value, Arguments arguments, Rendering rendering)
    {
        var (descending, cased, path) =
            (arguments.Flag(0, "reverse", false), arguments.Flag(1, "case_sensitive", false), arguments.Take(2, "attribute", null));
        return Sorted(rendering.List(Values.Items(value)), Key, descending, rendering);

        object? Key(object? item) => Folded(path is null ? item : Lookup.Path(item, path), cased);
    }

    static List<object?> DictSort(object? value, Arguments arguments, Rendering rendering)
    {
        var (cased, by, descending) =
            (arguments.Flag(0, "case_sensitive", false), arguments.Text(1, "by", "key"), arguments.Flag(2, "reverse", false));
        if (value is not Dict entries) throw new Fault($"dictsort of {Values.Kind(value)}, which is no mapping");
        var pairs = rendering.List(entries.Pairs.Select(p => new[] { p.Key, p.Value }));
        return Sorted(pairs, pair => Folded(((object?[])pair!)[by == "value" ? 1 : 0], cased), descending, rendering);
    }

    static List<object?> GroupBy(object? value, Arguments arguments, Rendering rendering)
    {
        var (path, preset, cased) = (arguments.Need(0, "attribute"), arguments.Take(1, "default", null), arguments.Flag(2, "case_sensitive", false));
        object? Found(object? item) => Lookup.Path(item, path) is var found && found is Undefined && preset is not null ? preset : found;
        var groups = new List<object?>();
        Group? last = null;
        foreach (var item in Sorted(rendering.List(Values.Items(value)), i => Folded(Found(i), cased), descending: false, rendering))
        {
            var key = Found(item);
            if (last is null || !Operations.Equal(Folded(last.Key, cased), Folded(key, cased), rendering)) groups.Add(last = new(key, []));
            last.Items.Add(item);
        }
        return groups;
    }

    static Once Unique(object? value, Arguments arguments, Rendering rendering)
    {
        var (cased, path) = (arguments.Flag(0, "case_sensitive", false), arguments.Take(1, "attribute", null));
        var seen = new List<object?>();
        return new Once(Values.Items(value).Where(item =>
        {
            var key = Folded(path is null ? item : Lookup.Path(item, path), cased);
            if (seen.Exists(other => Operations.Equal(other, key, rendering))) return false;
            seen.Add(key);
            return true;
        }));
    }

    static object? Extreme(object? value, Arguments arguments, Rendering rendering, int sign)
    {
        var (cased, path) = (arguments.Flag(0, "case_sensitive", false), arguments.Take(1, "attribute", null));
        object? best = new Undefined("no item");
        foreach (var item in Values.Items(value))
            if (best is Undefined || sign * Operations.Compare(Key(item), Key(best), rendering) > 0) best = item;
        return best;

        object? Key(object? item) => Folded(path is null ? item : Lookup.Path(item, path), cased);
    }

    // Merges, so that items of equal keys keep their order both ways. .NET's own sorts hide what a comparison throws in another exception.
    static List<object?> Sorted(List<object?> items, Func<object?, object?> key, bool descending, Rendering rendering)
    {
        var (from, to) = (items.ConvertAll(item => (Key: key(item), Item: item)), new List<(object? Key, object? Item)>(items.Count));
        for (var width = 1; width < items.Count; width *= 2)
        {
            to.Clear();
            for (var start = 0; start < items.Count; start += 2 * width)
            {
                var (left, right) = (start, Math.Min(start + width, items.Count));
                var (middle, end) = (right, Math.Min(start + 2 * width, items.Count));
                while (left < middle || right < end)
                {
                    var takesRight = left == middle || (right < end && Operations.Compare(from[left].Key, from[right].Key, rendering) is var order
                        && (descending ? order < 0 : order > 0));
                    to.Add(takesRight ? from[right++] : from[left++]);
                }
            }
            (from, to) = (to, from);
        }
        return from.ConvertAll(pair => pair.Item);
    }

    static object? Folded(object? key, bool cased) => key is string text && !cased ? text.ToLowerInvariant() : key;
}
