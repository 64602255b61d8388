namespace Anit.Data.Expressions;

/// <summary>The six comparisons.</summary>
enum Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual }

static class Comparisons
{
    public static Comparison Of(string sign) => sign switch
    {
        "=" => Comparison.Equal, "!=" => Comparison.NotEqual, "<" => Comparison.Less, "<=" => Comparison.LessOrEqual, ">" => Comparison.Greater,
        _ => Comparison.GreaterOrEqual,
    };

    /// <summary>The comparison with its sides exchanged.</summary>
    public static Comparison Turned(this Comparison comparison) => comparison switch
    {
        Comparison.Less => Comparison.Greater, Comparison.LessOrEqual => Comparison.GreaterOrEqual, Comparison.Greater => Comparison.Less,
        Comparison.GreaterOrEqual => Comparison.LessOrEqual, _ => comparison,
    };

    public static bool Holds(this Comparison comparison, int order) => comparison switch
    {
        Comparison.Equal => order == 0, Comparison.NotEqual => order != 0, Comparison.Less => order < 0, Comparison.LessOrEqual => order <= 0,
        Comparison.Greater => order > 0, _ => order >= 0,
    };
}

/// <summary>Compares two values. NaN is neither equal, nor above, nor below anything.</summary>
sealed class CompareNode(Comparison comparison, Node left, Node right) : TruthNode(left, right)
{
    public override bool? Test(int row)
    {
        var (a, b) = (left.Value(row), right.Value(row));
        if (a.IsNull || b.IsNull) return null;
        return Scalar.Compare(a, b) is { } order ? comparison.Holds(order) : comparison == Comparison.NotEqual;
    }
}

/// <summary>Compares a column of 64-bit integers or doubles, or of text, with a constant: most filters are this, and this is fast.</summary>
sealed class CompareColumnNode(Comparison comparison, ColumnNode column, LiteralNode literal) : TruthNode(column)
{
    Func<int, bool?> test = _ => null;

    public override void Begin(ColumnBatch batch)
    {
        column.Begin(batch);
        var constant = literal.Literal;
        test = column.Column switch
        {
            FixedColumn<long> { Type: IntType } c when constant.Kind == ScalarKind.Number && constant.Scale == 0
                && Int128.Abs(constant.Unscaled) < long.MaxValue => With(c, (long)constant.Unscaled),
            FixedColumn<double> c when constant.Kind == ScalarKind.Real => With(c, constant.Real),
            Utf8Column c when constant.Kind == ScalarKind.Text => row => c.IsNull(row) ? null
                : comparison.Holds(c.Bytes(row).SequenceCompareTo(constant.Bytes.Span)),
            _ => General,
        };
    }

    public override bool? Test(int row) => test(row);

    bool? General(int row)
    {
        var value = column.Value(row);
        if (value.IsNull) return null;
        return Scalar.Compare(value, literal.Literal) is { } order ? comparison.Holds(order) : comparison == Comparison.NotEqual;
    }

    Func<int, bool?> With(FixedColumn<long> c, long constant) => row => c.IsNull(row) ? null : comparison.Holds(c[row].CompareTo(constant));

    Func<int, bool?> With(FixedColumn<double> c, double constant) => row =>
    {
        if (c.IsNull(row)) return null;
        var value = c[row];
        return comparison switch
        {
            Comparison.Equal => value == constant, Comparison.NotEqual => value != constant, Comparison.Less => value < constant,
            Comparison.LessOrEqual => value <= constant, Comparison.Greater => value > constant, _ => value >= constant,
        };
    };
}

/// <summary>Whether a value is one of some constants.</summary>
sealed class InNode(Node value, IReadOnlyList<Scalar> items) : TruthNode(value)
{
    readonly bool hasNull = items.Any(item => item.IsNull);
    readonly ByteTable? texts = items.All(item => item.Kind is ScalarKind.Text or ScalarKind.Null) ? Table(items) : null;

    public override bool? Test(int row)
    {
        var found = value.Value(row);
        if (found.IsNull) return null;
        if (texts is not null ? texts.Find(found.Bytes.Span) >= 0 : Any(found)) return true;
        return hasNull ? null : false;
    }

    bool Any(Scalar found)
    {
        foreach (var item in items)
            if (!item.IsNull && Scalar.Compare(found, item) == 0) return true;
        return false;
    }

    static ByteTable Table(IReadOnlyList<Scalar> items)
    {
        var table = new ByteTable();
        foreach (var item in items)
            if (!item.IsNull) table.Add(item.Bytes.Span);
        return table;
    }
}

/// <summary>Text with % for any letters and _ for one.</summary>
sealed class LikeNode(Node value, ReadOnlyMemory<byte> pattern) : TruthNode(value)
{
    public override bool? Test(int row) => value.Value(row) is var text && text.IsNull ? null : Fits(text.Bytes.Span, pattern.Span);

    // The last % is tried again one letter further wherever the rest does not fit.
    internal static bool Fits(ReadOnlySpan<byte> text, ReadOnlySpan<byte> pattern)
    {
        int at = 0, want = 0, any = -1, from = 0;
        while (at < text.Length)
        {
            if (want < pattern.Length && pattern[want] == '%') (any, from, want) = (want, at, want + 1);
            else if (want < pattern.Length && pattern[want] == '_') (at, want) = (at + Letter(text, at), want + 1);
            else if (want < pattern.Length && pattern[want] == text[at]) (at, want) = (at + 1, want + 1);
            else if (any >= 0)
            {
                from += Letter(text, from);
                (at, want) = (from, any + 1);
            }
            else return false;
        }
        while (want < pattern.Length && pattern[want] == '%') want++;
        return want == pattern.Length;
    }

    static int Letter(ReadOnlySpan<byte> text, int at)
    {
        var end = at + 1;
        while (end < text.Length && (text[end] & 0xC0) == 0x80) end++;
        return end - at;
    }
}

/// <summary>A predicate of one column that is null where the column is: asked once for each value of a dictionary instead of each row.</summary>
sealed class ByDictionaryNode(ColumnNode column, Node predicate) : TruthNode(column)
{
    DictionaryColumn? dictionary;
    Column? known;
    sbyte[] answers = [];

    public override void Begin(ColumnBatch batch)
    {
        dictionary = batch[column.Name!] as DictionaryColumn;
        if (dictionary is null || dictionary.Values.Length > 4 * batch.Rows + 16)
        {
            dictionary = null;
            predicate.Begin(batch);
        }
        else if (!ReferenceEquals(known, dictionary.Values)) Learn(dictionary.Values);
    }

    public override bool? Test(int row)
    {
        if (dictionary is null) return predicate.Test(row);
        if (dictionary.IsNull(row)) return null;
        var answer = answers[dictionary.Indices[row]];
        return answer < 0 ? null : answer > 0;
    }

    void Learn(Column values)
    {
        known = values;
        answers = new sbyte[values.Length];
        predicate.Begin(new ColumnBatch(new([new(column.Name!, values.Type)]), [values]));
        for (var i = 0; i < answers.Length; i++) answers[i] = predicate.Test(i) switch { true => 1, false => 0, null => -1 };
    }
}
