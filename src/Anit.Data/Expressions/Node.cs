namespace Anit.Data.Expressions;

/// <summary>What values of an expression can be compared with.</summary>
enum Family { Null, Bool, Number, Text, Instant, Clock, Duration, Other }

/// <summary>A part of an expression that fits a table: gives a value for each row of the batch it was shown.</summary>
/// <param name="family">What its values are.</param>
abstract class Node(Family family)
{
    public Family Family { get; } = family;

    /// <summary>Whether numbers are doubles (or floats) instead of exact ones.</summary>
    public virtual bool IsReal => false;

    /// <summary>Shows a batch, whose rows the next calls ask for.</summary>
    public abstract void Begin(ColumnBatch batch);

    /// <summary>The value of a row.</summary>
    public abstract Scalar Value(int row);

    /// <summary>The value of a row of truth: null where it is unknown, as in SQL.</summary>
    public virtual bool? Test(int row) => Value(row) is var value && value.IsNull ? null : value.IsTrue;

    public static Scalar Of(bool? truth) => truth is { } known ? Scalar.OfBool(known) : Scalar.Null;
}

/// <summary>A node that is computed from others.</summary>
abstract class InnerNode(Family family, params IReadOnlyList<Node> parts) : Node(family)
{
    protected IReadOnlyList<Node> Parts { get; } = parts;

    public override void Begin(ColumnBatch batch)
    {
        foreach (var part in Parts) part.Begin(batch);
    }
}

/// <summary>A node of truth.</summary>
abstract class TruthNode(params IReadOnlyList<Node> parts) : InnerNode(Family.Bool, parts)
{
    public sealed override Scalar Value(int row) => Of(Test(row));

    public abstract override bool? Test(int row);
}

sealed class LiteralNode(Scalar value, Family family) : Node(family)
{
    public Scalar Literal { get; } = value;
    public override bool IsReal => Literal.Kind == ScalarKind.Real;
    public override void Begin(ColumnBatch batch) { }
    public override Scalar Value(int row) => Literal;
}

/// <summary>Any function of values.</summary>
sealed class FunctionNode(Family family, bool real, IReadOnlyList<Node> parts, Func<IReadOnlyList<Node>, int, Scalar> of) : InnerNode(family, parts)
{
    public override bool IsReal => real;
    public override Scalar Value(int row) => of(Parts, row);
}

sealed class AndNode(Node left, Node right) : TruthNode(left, right)
{
    public override bool? Test(int row)
    {
        var first = left.Test(row);
        return first == false ? false : right.Test(row) switch { false => false, true => first, null => null };
    }
}

sealed class OrNode(Node left, Node right) : TruthNode(left, right)
{
    public override bool? Test(int row)
    {
        var first = left.Test(row);
        return first == true ? true : right.Test(row) switch { true => true, false => first, null => null };
    }
}

sealed class NotNode(Node inner) : TruthNode(inner)
{
    public override bool? Test(int row) => !inner.Test(row);
}

sealed class IsNullNode(Node inner) : TruthNode(inner)
{
    public override bool? Test(int row) => inner.Value(row).IsNull;
}
