using System.Text;

namespace Anit.Data.Expressions;

/// <summary>Fits an expression to the columns of a table: names become columns, and what cannot be compared is refused.</summary>
sealed class Binder(Schema schema)
{
    /// <summary>The expression as a node of truth.</summary>
    public Node Truth(Syntax syntax) => Bind(syntax) is { Family: Family.Bool or Family.Null } node ? node
        : throw ExpressionException.At(syntax.At, "expected something true or false, such as a comparison");

    public Node Bind(Syntax syntax) => syntax switch
    {
        ColumnSyntax column => Column(column),
        LiteralSyntax literal => new LiteralNode(literal.Value, FamilyOf(literal.Value)),
        CallSyntax { Name: "and" } call => new AndNode(Truth(call.Parts[0]), Truth(call.Parts[1])),
        CallSyntax { Name: "or" } call => new OrNode(Truth(call.Parts[0]), Truth(call.Parts[1])),
        CallSyntax { Name: "not" } call => new NotNode(Truth(call.Parts[0])),
        CallSyntax { Name: "is null" } call => new IsNullNode(Bind(call.Parts[0])),
        CallSyntax { Name: "in" } call => In(call),
        CallSyntax { Name: "like" } call => Like(call),
        CallSyntax { Name: "||" } call => Joined(call),
        CallSyntax { Name: "negative" or "+" or "-" or "*" or "/" or "%" } call => Sum(call),
        CallSyntax call when !char.IsLetter(call.Name[0]) => Compared(call),
        CallSyntax call => Functions.Make(call, [.. call.Parts.Select(Bind)]),
        _ => throw new InvalidOperationException($"no node for {syntax}"),
    };

    ColumnNode Column(ColumnSyntax column)
    {
        if (!schema.Has(column.Path[0])) throw ExpressionException.At(column.At, schema.Lacks(column.Path[0]));
        var type = schema[column.Path[0]].Type;
        foreach (var name in column.Path.Skip(1))
        {
            if (type is not StructType inside) throw ExpressionException.At(column.At, $"{column} asks for a field of {type}, which has none");
            type = inside.Fields.FirstOrDefault(f => f.Name == name)?.Type
                ?? throw ExpressionException.At(column.At, $"no field \"{name}\"; there is {string.Join(", ", inside.Fields.Select(f => f.Name))}");
        }
        return new(column.Path, type);
    }

    Node Compared(CallSyntax call)
    {
        var comparison = Comparisons.Of(call.Name);
        var (left, right) = Comparable(call.Parts[0], call.Parts[1]);
        return (left, right) switch
        {
            (ColumnNode column, LiteralNode literal) => Fast(column, new CompareColumnNode(comparison, column, literal)),
            (LiteralNode literal, ColumnNode column) => Fast(column, new CompareColumnNode(comparison.Turned(), column, literal)),
            _ => new CompareNode(comparison, left, right),
        };
    }

    static Node Fast(ColumnNode column, Node predicate) =>
        column is { Name: not null, Type: DictionaryType } ? new ByDictionaryNode(column, predicate) : predicate;

    (Node Left, Node Right) Comparable(Syntax one, Syntax other)
    {
        var (left, right) = (Bind(one), Bind(other));
        right = Fitted(right, other, left);
        left = Fitted(left, one, right);
        if (left.Family != right.Family && left.Family != Family.Null && right.Family != Family.Null || left.Family == Family.Other
            || right.Family == Family.Other)
            throw ExpressionException.At(other.At, $"{one} is {Word(left)} and {other} is {Word(right)}; they cannot be compared");
        return (left, right);
    }

    // A fraction beside a column of floats means the float next to it, a text beside a date the date that it shows.
    static Node Fitted(Node node, Syntax syntax, Node other)
    {
        if (node is not LiteralNode { Literal: var literal }) return node;
        if (literal.Kind is ScalarKind.Real or ScalarKind.Number && other.IsReal && (literal.Scale > 0 || literal.Kind == ScalarKind.Real))
        {
            var value = other is ColumnNode { Type: FloatType { Bits: < 64 } type } ? type.Bits == 32 ? (float)literal.Real
                : (double)(Half)literal.Real
                : double.Parse(((LiteralSyntax)syntax).Text, System.Globalization.CultureInfo.InvariantCulture);
            return new LiteralNode(Scalar.OfReal(value), Family.Number);
        }
        if (literal.Kind != ScalarKind.Text || other.Family != Family.Instant) return node;
        var wanted = other is ColumnNode column ? column.Type.Decoded : new TimestampType(TimeUnit.Nanosecond);
        foreach (var type in new[] { wanted, new TimestampType(TimeUnit.Nanosecond) })
        {
            try
            {
                var ticks = Utf8Column.Of([Encoding.UTF8.GetString(literal.Bytes.Span)]).To(type).Integer(0)!.Value;
                return new LiteralNode(Scalar.OfTime((Int128)ticks * ColumnNode.Tick(type)), Family.Instant);
            }
            catch (DataFormatException)
            {
                // A day may be compared with a moment.
            }
        }
        throw ExpressionException.At(syntax.At, $"{syntax} is no date or time; expected one as in '2024-12-31' or '2024-12-31T23:59:59'");
    }

    /// <summary>The constant as it is compared with a column.</summary>
    public Scalar Literal(ColumnSyntax column, LiteralSyntax literal) => ((LiteralNode)Comparable(column, literal).Right).Literal;

    Node In(CallSyntax call)
    {
        var items = new List<Scalar>();
        foreach (var syntax in call.Parts.Skip(1))
        {
            if (syntax is not LiteralSyntax) throw ExpressionException.At(syntax.At, "in takes constants");
            items.Add(Comparable(call.Parts[0], syntax).Right.Value(0));
        }
        var value = Bind(call.Parts[0]);
        return value is ColumnNode column ? Fast(column, new InNode(column, items)) : new InNode(value, items);
    }

    Node Like(CallSyntax call)
    {
        var value = Bind(call.Parts[0]);
        if (value.Family is not (Family.Text or Family.Null)) throw ExpressionException.At(call.At,
            $"{call.Parts[0]} is {Word(value)}; like takes text");
        if (call.Parts[1] is not LiteralSyntax { Value: { Kind: ScalarKind.Text } pattern })
            throw ExpressionException.At(call.Parts[1].At, "like takes a text in quotes, such as 'ner%'");
        return value is ColumnNode column ? Fast(column, new LikeNode(column, pattern.Bytes)) : new LikeNode(value, pattern.Bytes);
    }

    FunctionNode Joined(CallSyntax call)
    {
        Node[] parts = [.. call.Parts.Select(Bind)];
        foreach (var (part, syntax) in parts.Zip(call.Parts))
            if (part.Family is not (Family.Text or Family.Null)) throw ExpressionException.At(syntax.At, $"{syntax} is {Word(part)}; || joins text");
        return new(Family.Text, false, parts, (p, row) =>
        {
            var (a, b) = (p[0].Value(row), p[1].Value(row));
            return a.IsNull || b.IsNull ? Scalar.Null : Scalar.OfText((byte[])[.. a.Bytes.Span, .. b.Bytes.Span]);
        });
    }

    FunctionNode Sum(CallSyntax call)
    {
        Node[] parts = [.. call.Parts.Select(Bind)];
        foreach (var (part, syntax) in parts.Zip(call.Parts))
            if (part.Family is not (Family.Number or Family.Null))
                throw ExpressionException.At(syntax.At, $"{syntax} is {Word(part)}; {call.Name[0]} takes numbers");
        var real = call.Name == "/" || parts.Any(part => part.IsReal);
        return call.Name == "negative"
            ? new(Family.Number, real, parts, (p, row) => p[0].Value(row) is var value && value.IsNull ? value : value.Negative()!.Value)
            : new(Family.Number, real, parts, (p, row) =>
            {
                var (a, b) = (p[0].Value(row), p[1].Value(row));
                return a.IsNull || b.IsNull ? Scalar.Null : Scalar.Calculate(call.Name[0], a, b);
            });
    }

    static Family FamilyOf(Scalar value) => value.Kind switch
    {
        ScalarKind.Null => Family.Null, ScalarKind.Bool => Family.Bool, ScalarKind.Text => Family.Text, _ => Family.Number,
    };

    static string Word(Node node) => node is ColumnNode column ? $"{column.Type}" : node.Family switch
    {
        Family.Bool => "true or false", Family.Instant => "a date or time", Family.Clock => "a time of day", Family.Null => "null",
        Family.Other => "of a type that is not compared", _ => $"a {node.Family.ToString().ToLowerInvariant()}",
    };
}
