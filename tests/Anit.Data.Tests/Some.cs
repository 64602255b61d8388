using System.Text;

namespace Anit.Data.Tests;

/// <summary>Random types, columns and batches, from a seed.</summary>
public static class Some
{
    static readonly DataType[] Leaves =
    [
        DataType.Utf8, DataType.Binary, DataType.Bool, DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64,
        DataType.UInt8, DataType.UInt16, DataType.UInt32, DataType.UInt64, DataType.Float16, DataType.Float32, DataType.Float64,
        DataType.Date, DataType.Dictionary, new FixedBinaryType(3), new DecimalType(5, 2), new DecimalType(18, 4), new DecimalType(38, 10),
        new TimeType(TimeUnit.Millisecond), new TimeType(TimeUnit.Microsecond), new TimestampType(TimeUnit.Microsecond, "UTC"),
        new TimestampType(TimeUnit.Nanosecond), new TimestampType(TimeUnit.Millisecond),
    ];

    public static DataType Type(Random random, int depth) => random.Next(depth > 0 ? 9 : 6) switch
    {
        6 => new ListType(Field(random, "element", depth - 1)),
        7 => new StructType([.. Enumerable.Range(0, 1 + random.Next(3)).Select(i => Field(random, $"f{i}", depth - 1))]),
        8 => new MapType(new("key", Leaves[random.Next(2)], false), Field(random, "value", depth - 1)),
        _ => Leaves[random.Next(Leaves.Length)],
    };

    public static Field Field(Random random, string name, int depth) => new(name, Type(random, depth), random.Next(4) != 0);

    public static Schema Schema(Random random, int depth = 3) =>
        new(Enumerable.Range(0, 1 + random.Next(6)).Select(i => Field(random, $"c{i}", depth)));

    public static ColumnBatch Batch(Random random, Schema schema, int rows) =>
        new(schema, [.. schema.Fields.Select(f => Column(random, f.Type, rows, f.Nullable))], rows);

    public static Column Column(Random random, DataType type, int rows, bool nullable = true)
    {
        var builder = ColumnBuilder.For(type);
        var nulls = nullable ? random.Next(4) : 0;
        for (var i = 0; i < rows; i++)
            if (nulls > 0 && random.Next(4) < nulls) builder.AppendNull();
            else Cell(random, builder);
        return builder.Build();
    }

    public static string[] Json(Column column)
    {
        var batch = new ColumnBatch(new([new("c", column.Type)]), [column]);
        var json = new CanonicalJson();
        return [.. Enumerable.Range(0, column.Length).Select(i => Encoding.UTF8.GetString(json.Row(batch, i).Span))];
    }

    public static string Text(Random random) => random.Next(5) switch
    {
        0 => "",
        1 => "word",
        2 => $"Zeichen é 😀 {random.Next(10)}",
        3 => new string('x', random.Next(300)),
        _ => $"row {random.Next()}",
    };

    static void Items(Random random, ColumnBuilder items, Field field, int count)
    {
        for (var i = 0; i < count; i++)
            if (field.Nullable && random.Next(5) == 0) items.AppendNull();
            else Cell(random, items);
    }

    static void Cell(Random random, ColumnBuilder builder)
    {
        switch (builder)
        {
            case Utf8Builder b: b.Append(Text(random)); break;
            case DictionaryBuilder b: b.Append($"label {random.Next(7)}"); break;
            case BytesBuilder b: b.Append(Bytes(random, random.Next(20))); break;
            case FixedBinaryBuilder b: b.Append(Bytes(random, ((FixedBinaryType)b.Type).Width)); break;
            case BoolBuilder b: b.Append(random.Next(2) == 0); break;
            case FixedBuilder<sbyte> b: b.Append((sbyte)random.Next()); break;
            case FixedBuilder<byte> b: b.Append((byte)random.Next()); break;
            case FixedBuilder<short> b: b.Append((short)random.Next()); break;
            case FixedBuilder<ushort> b: b.Append((ushort)random.Next()); break;
            case FixedBuilder<int> { Type: TimeType } b: b.Append(random.Next(86_400_000)); break;
            case FixedBuilder<int> { Type: DateType } b: b.Append(random.Next(-800_000, 800_000)); break;
            case FixedBuilder<int> b: b.Append(random.Next(3) == 0 ? int.MinValue : random.Next() >> random.Next(31)); break;
            case FixedBuilder<uint> b: b.Append((uint)random.NextInt64()); break;
            case FixedBuilder<long> { Type: TimeType } b: b.Append(random.NextInt64(86_400_000_000)); break;
            case FixedBuilder<long> b: b.Append(random.Next(9) == 0 ? long.MinValue : random.NextInt64() >> random.Next(63)); break;
            case FixedBuilder<ulong> b: b.Append((ulong)random.NextInt64() << 1); break;
            case FixedBuilder<Half> b: b.Append((Half)random.NextSingle()); break;
            case FixedBuilder<float> b: b.Append(random.Next(9) == 0 ? float.NaN : random.NextSingle()); break;
            case FixedBuilder<double> b: b.Append(random.Next(9) == 0 ? -0.0 : random.NextDouble()); break;
            case FixedBuilder<Int128> { Type: DecimalType t } b: b.Append(random.NextInt64() % (long)Math.Pow(10, Math.Min(18, t.Precision))); break;
            case ListBuilder b:
                Items(random, b.Items, ((ListType)b.Type).Item, random.Next(4));
                b.EndList();
                break;
            case MapBuilder b:
                var count = random.Next(3);
                Items(random, b.Keys, ((MapType)b.Type).Key, count);
                Items(random, b.Values, ((MapType)b.Type).Value, count);
                b.EndMap();
                break;
            case StructBuilder b:
                foreach (var (child, field) in b.Children.Zip(((StructType)b.Type).Fields)) Items(random, child, field, 1);
                b.EndStruct();
                break;
            default: throw new InvalidOperationException($"no random {builder.Type}");
        }
    }

    static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
