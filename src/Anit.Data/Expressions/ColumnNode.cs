namespace Anit.Data.Expressions;

/// <summary>A column, or a field inside structs.</summary>
sealed class ColumnNode(IReadOnlyList<string> path, DataType type) : Node(FamilyOf(type))
{
    Func<int, Scalar> value = _ => Scalar.Null;

    public DataType Type { get; } = type;

    /// <summary>The name of a column that is not inside another.</summary>
    public string? Name => path.Count == 1 ? path[0] : null;

    public override bool IsReal => Type.Decoded is FloatType;

    /// <summary>The column of the batch shown last.</summary>
    public Column Column { get; private set; } = new NullColumn(0);

    public override void Begin(ColumnBatch batch)
    {
        Column = batch[path[0]];
        var (parents, inner) = (new List<Column>(), Column);
        foreach (var name in path.Skip(1))
        {
            parents.Add(inner);
            var fields = ((StructType)inner.Type).Fields;
            inner = ((StructColumn)inner).Children[Enumerable.Range(0, fields.Count).First(i => fields[i].Name == name)];
        }
        var own = Reader(inner);
        value = parents.Count == 0 ? own : row => parents.Any(parent => parent.IsNull(row)) ? Scalar.Null : own(row);
    }

    public override Scalar Value(int row) => value(row);

    public override bool? Test(int row) => Column is BoolColumn flags && path.Count == 1 ? flags.IsNull(row) ? null : flags[row] : base.Test(row);

    public static Family FamilyOf(DataType type) => type.Decoded switch
    {
        NullType => Family.Null,
        BoolType => Family.Bool,
        IntType or FloatType or DecimalType { Precision: <= DecimalType.MaxInt128Precision, Scale: >= 0 } => Family.Number,
        Utf8Type => Family.Text,
        DateType or TimestampType => Family.Instant,
        TimeType => Family.Clock,
        DurationType => Family.Duration,
        _ => Family.Other,
    };

    /// <summary>Nanoseconds in a tick.</summary>
    public static long Tick(DataType type) => type switch
    {
        DateType => 86_400_000_000_000,
        TimeType t => Tick(t.Unit), TimestampType t => Tick(t.Unit), DurationType t => Tick(t.Unit),
        _ => 1,
    };

    static long Tick(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => 1_000_000_000, TimeUnit.Millisecond => 1_000_000, TimeUnit.Microsecond => 1_000, _ => 1,
    };

    static Func<int, Scalar> Reader(Column column)
    {
        var (type, tick) = (column.Type, Tick(column.Type));
        return column switch
        {
            DictionaryColumn c when Reader(c.Values) is var known => row => c.IsNull(row) ? Scalar.Null : known(c.Indices[row]),
            BytesColumn c => row => c.IsNull(row) ? Scalar.Null : Scalar.OfText(Piece(c, row)),
            BoolColumn c => row => c.IsNull(row) ? Scalar.Null : Scalar.OfBool(c[row]),
            FixedColumn<double> c => row => c.IsNull(row) ? Scalar.Null : Scalar.OfReal(c[row]),
            FixedColumn<float> c => row => c.IsNull(row) ? Scalar.Null : Scalar.OfReal(c[row]),
            FixedColumn<Half> c => row => c.IsNull(row) ? Scalar.Null : Scalar.OfReal((double)c[row]),
            FixedColumn<ulong> c => row => c.IsNull(row) ? Scalar.Null : Scalar.OfNumber(c[row]),
            FixedColumn<Int128> { Type: DecimalType t } c => row => c.IsNull(row) ? Scalar.Null : Scalar.OfNumber(c[row], t.Scale),
            FixedColumn<Int128> c => row => c.IsNull(row) ? Scalar.Null : Scalar.OfTime(c[row] * tick),
            _ when type is DateType or TimeType or TimestampType or DurationType =>
                row => column.Integer(row) is { } ticks ? Scalar.OfTime((Int128)ticks * tick) : Scalar.Null,
            _ when type is IntType => row => column.Integer(row) is { } number ? Scalar.OfNumber(number) : Scalar.Null,
            _ => row => column.IsNull(row) ? Scalar.Null : Scalar.OfBool(true), // only asked whether it is null
        };
    }

    static ReadOnlyMemory<byte> Piece(BytesColumn column, int row)
    {
        var offsets = column.Offsets;
        return column.Data[offsets[row]..offsets[row + 1]];
    }
}
