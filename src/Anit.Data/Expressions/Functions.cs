using System.Text;

namespace Anit.Data.Expressions;

/// <summary>The functions: few, and all of one row.</summary>
static class Functions
{
    delegate Node Maker(int at, IReadOnlyList<Node> parts);

    static readonly Dictionary<string, Maker> Known = new(StringComparer.Ordinal)
    {
        ["length"] = Length,
        ["lower"] = (at, parts) => Text(at, "lower", parts, text => text.ToLowerInvariant()),
        ["upper"] = (at, parts) => Text(at, "upper", parts, text => text.ToUpperInvariant()),
        ["contains"] = (at, parts) => Search(at, "contains", parts, (text, part) => text.IndexOf(part) >= 0),
        ["starts_with"] = (at, parts) => Search(at, "starts_with", parts, (text, part) => text.StartsWith(part)),
        ["ends_with"] = (at, parts) => Search(at, "ends_with", parts, (text, part) => text.EndsWith(part)),
        ["abs"] = Absolute,
        ["is_nan"] = (at, parts) => One(at, "is_nan", parts, Family.Number, Family.Bool, false, value => Scalar.OfBool(double.IsNaN(value.Real))),
        ["coalesce"] = Coalesce,
    };

    delegate bool Searching(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part);

    /// <summary>The function of a name over parts whose families fit.</summary>
    public static Node Make(CallSyntax call, IReadOnlyList<Node> parts) => Known.TryGetValue(call.Name, out var maker)
        ? maker(call.At, parts)
        : throw ExpressionException.At(call.At, $"no function {call.Name}; there is {string.Join(", ", Known.Keys)}");

    static FunctionNode One(int at, string name, IReadOnlyList<Node> parts, Family takes, Family gives, bool real, Func<Scalar, Scalar> of)
    {
        Check(at, name, parts, [takes]);
        return new(gives, real, parts, (p, row) => p[0].Value(row) is var value && value.IsNull ? value : of(value));
    }

    static FunctionNode Text(int at, string name, IReadOnlyList<Node> parts, Func<string, string> of) =>
        One(at, name, parts, Family.Text, Family.Text, false,
            value => Scalar.OfText(Encoding.UTF8.GetBytes(of(Encoding.UTF8.GetString(value.Bytes.Span)))));

    static FunctionNode Search(int at, string name, IReadOnlyList<Node> parts, Searching holds)
    {
        Check(at, name, parts, [Family.Text, Family.Text]);
        return new(Family.Bool, false, parts, (p, row) =>
        {
            var (text, part) = (p[0].Value(row), p[1].Value(row));
            return text.IsNull || part.IsNull ? Scalar.Null : Scalar.OfBool(holds(text.Bytes.Span, part.Bytes.Span));
        });
    }

    static FunctionNode Absolute(int at, IReadOnlyList<Node> parts)
    {
        Check(at, "abs", parts, [Family.Number]);
        return One(at, "abs", parts, Family.Number, Family.Number, parts[0].IsReal,
            value => value.Kind == ScalarKind.Real ? Scalar.OfReal(Math.Abs(value.Real))
                : value.Unscaled < 0 ? value.Negative()!.Value : value);
    }

    static FunctionNode Coalesce(int at, IReadOnlyList<Node> parts)
    {
        var families = parts.Select(part => part.Family).Where(family => family != Family.Null).Distinct().ToArray();
        if (families.Length > 1) throw ExpressionException.At(at, "coalesce takes values that can be compared with each other");
        return new(families is [var family] ? family : Family.Null, parts.Any(part => part.IsReal), parts, (p, row) =>
        {
            foreach (var part in p)
                if (part.Value(row) is { IsNull: false } value) return value;
            return Scalar.Null;
        });
    }

    static FunctionNode Length(int at, IReadOnlyList<Node> parts)
    {
        if (parts is [ColumnNode { Name: not null, Type: ListType or MapType or BinaryType } column])
            return new FunctionNode(Family.Number, false, parts, (_, row) => column.Column.IsNull(row) ? Scalar.Null : Scalar.OfNumber(
                column.Column switch
            {
                ListColumn c => c.Offsets[row + 1] - c.Offsets[row], MapColumn c => c.Offsets[row + 1] - c.Offsets[row],
                var c => ((BytesColumn)c).Bytes(row).Length,
            }));
        return One(at, "length", parts, Family.Text, Family.Number, false, value => Scalar.OfNumber(Letters(value.Bytes.Span)));
    }

    static int Letters(ReadOnlySpan<byte> text)
    {
        var letters = 0;
        foreach (var one in text) if ((one & 0xC0) != 0x80) letters++; // code points
        return letters;
    }

    static void Check(int at, string name, IReadOnlyList<Node> parts, Family[] takes)
    {
        if (parts.Count == takes.Length && parts.Zip(takes).All(pair => pair.First.Family == pair.Second || pair.First.Family == Family.Null)) return;
        throw ExpressionException.At(at, $"{name} takes {string.Join(" and ", takes.Select(family => $"a {family.ToString().ToLowerInvariant()}"))}, "
            + $"found {string.Join(" and ", parts.Select(part => $"a {part.Family.ToString().ToLowerInvariant()}"))}");
    }
}
