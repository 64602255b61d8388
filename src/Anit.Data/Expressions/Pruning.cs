namespace Anit.Data.Expressions;

/// <summary>The ranges outside of which no row of a filter lies, for the statistics of a file.</summary>
static class Pruning
{
    public static IReadOnlyList<ColumnRange> Ranges(Syntax syntax, Schema schema) => [.. Of(syntax, schema)];

    static IEnumerable<ColumnRange> Of(Syntax syntax, Schema schema) => syntax switch
    {
        CallSyntax { Name: "and" } call => call.Parts.SelectMany(part => Of(part, schema)),
        CallSyntax { Name: "=" or "<" or "<=" or ">" or ">=" } call when call.Parts is [ColumnSyntax column, LiteralSyntax literal] =>
            Range(Comparisons.Of(call.Name), column, [literal], schema),
        CallSyntax { Name: "=" or "<" or "<=" or ">" or ">=" } call when call.Parts is [LiteralSyntax literal, ColumnSyntax column] =>
            Range(Comparisons.Of(call.Name).Turned(), column, [literal], schema),
        CallSyntax { Name: "in", Parts: [ColumnSyntax column, ..] } call =>
            Range(Comparison.Equal, column, [.. call.Parts.OfType<LiteralSyntax>()], schema),
        _ => [],
    };

    static IEnumerable<ColumnRange> Range(Comparison comparison, ColumnSyntax column, IReadOnlyList<LiteralSyntax> literals, Schema schema)
    {
        var node = (ColumnNode)new Binder(schema).Bind(column);
        var values = literals.Select(literal => new Binder(schema).Literal(column, literal)).Where(value => !value.IsNull).ToArray();
        if (values.Length == 0) yield break;
        var (least, most) = (comparison is not (Comparison.Less or Comparison.LessOrEqual),
            comparison is not (Comparison.Greater or Comparison.GreaterOrEqual));
        var name = string.Join('.', column.Path);
        var (low, high) = (values.MinBy(v => v, Order), values.MaxBy(v => v, Order));
        switch (node.Type.Decoded)
        {
            case Utf8Type:
                yield return new TextRange(name, least ? low.Bytes.ToArray() : null, most ? high.Bytes.ToArray() : null);
                break;
            case FloatType:
                yield return ColumnRange.Between(name, least ? Math.BitDecrement(low.Real) : double.NegativeInfinity,
                    most ? Math.BitIncrement(high.Real) : double.PositiveInfinity); // an integer beyond 2^53 is rounded here
                break;
            case IntType when values.All(v => v.Kind == ScalarKind.Number || Math.Abs(v.Real) < 1e18):
                yield return ColumnRange.Between(name, least ? Floor(low) : long.MinValue, most ? Ceiling(high) : long.MaxValue);
                break;
            case DateType or TimestampType { Unit: not TimeUnit.Second }: // Parquet has no seconds: what it keeps of them is something else
                var tick = ColumnNode.Tick(node.Type.Decoded);
                yield return ColumnRange.Between(name, least ? Clamp(low.Unscaled / tick - 1) : long.MinValue,
                    most ? Clamp(high.Unscaled / tick + 1) : long.MaxValue);
                break;
        }
    }

    static readonly Comparer<Scalar> Order = Comparer<Scalar>.Create((a, b) => Scalar.Compare(a, b) ?? 0);

    static long Floor(Scalar value) => Clamp(value.Kind == ScalarKind.Real ? (Int128)Math.Floor(value.Real)
        : value.Unscaled / Casts.Power(value.Scale) - (value.Scale > 0 ? 1 : 0));

    static long Ceiling(Scalar value) => Clamp(value.Kind == ScalarKind.Real ? (Int128)Math.Ceiling(value.Real)
        : value.Unscaled / Casts.Power(value.Scale) + (value.Scale > 0 ? 1 : 0));

    static long Clamp(Int128 value) => (long)Int128.Clamp(value, long.MinValue, long.MaxValue);
}
