using System.Data;
using System.Data.Common;
using System.Globalization;

namespace Anit.Data;

/// <summary>Tables to and from ADO.NET.</summary>
/// <example><code>
/// using var rows = (await Table.OpenAsync("train.parquet")).AsDataReader();
/// var table = new DataTable();
/// table.Load(rows);
/// </code></example>
public static class DataReaders
{
    const int Digits = 38, UsualScale = 9;

    /// <summary>The table as a reader of rows, which owns it from now on: for <c>DataTable.Load</c>, <c>SqlBulkCopy</c>, Dapper
    /// and the like.</summary>
    /// <remarks>Values are those of <see cref="CellObjects.Value"/>; nulls are <see cref="DBNull"/>. GetString gives every value as text, also a
    /// decimal of more digits than <see cref="decimal"/> has; GetInt64 and GetDouble take any type of number.</remarks>
    public static DbDataReader AsDataReader(this ITableReader reader) => new TableDataReader(reader);

    /// <summary>The columns that the rows of an ADO.NET reader are written as.</summary>
    /// <remarks>Decimals get the precision and scale that the reader tells, else 38 digits of which 9 stand behind the point; DateTime becomes
    /// timestamp(us), DateTimeOffset timestamp(us,UTC), TimeSpan duration(us), Guid text.</remarks>
    /// <exception cref="UnsupportedTypeException">A column of a type that no column has.</exception>
    public static Schema SchemaOf(DbDataReader rows)
    {
        var told = rows.GetSchemaTable();
        return new(Enumerable.Range(0, rows.FieldCount).Select(i =>
        {
            var facts = told is not null && i < told.Rows.Count ? told.Rows[i] : null;
            return new Field(rows.GetName(i), Column(rows, i, facts), facts is null || Fact(facts, SchemaTableColumn.AllowDBNull) is not false);
        }));
    }

    /// <summary>Appends the rows of an ADO.NET reader to a table of <see cref="SchemaOf"/> its columns; returns how many there were.</summary>
    public static async Task<long> WriteRowsAsync(this ITableWriter writer, DbDataReader rows, int batchRows = 8_192,
        CancellationToken stop = default)
    {
        var schema = SchemaOf(rows);
        var builders = schema.Fields.Select(f => ColumnBuilder.For(f.Type)).ToArray();
        var (written, open) = (0L, 0);
        while (await rows.ReadAsync(stop).ConfigureAwait(false))
        {
            for (var i = 0; i < builders.Length; i++)
            {
                if (rows.IsDBNull(i)) builders[i].AppendNull();
                else Append(builders[i], rows.GetValue(i), schema.Fields[i]);
            }
            if (++open == batchRows) await Flush().ConfigureAwait(false);
        }
        await Flush().ConfigureAwait(false);
        return written;

        async ValueTask Flush()
        {
            if (open == 0) return;
            await writer.WriteAsync(new(schema, [.. builders.Select(b => b.Build())], open), stop).ConfigureAwait(false);
            (written, open) = (written + open, 0);
        }
    }

    static object? Fact(DataRow facts, string name) => facts.Table.Columns.Contains(name) && facts[name] is not DBNull ? facts[name] : null;

    static DataType Column(DbDataReader rows, int i, DataRow? facts)
    {
        var type = rows.GetFieldType(i);
        if (type == typeof(decimal))
        {
            var precision = facts is null ? null : Fact(facts, SchemaTableColumn.NumericPrecision);
            var scale = facts is null ? null : Fact(facts, SchemaTableColumn.NumericScale);
            var (p, s) = (Convert.ToInt32(precision ?? 0, CultureInfo.InvariantCulture), Convert.ToInt32(scale ?? 0, CultureInfo.InvariantCulture));
            return p is >= 1 and <= Digits && s >= 0 && s <= p ? new DecimalType(p, s) : new DecimalType(Digits, UsualScale);
        }
        return type switch
        {
            _ when type == typeof(string) || type == typeof(char) || type == typeof(Guid) => DataType.Utf8,
            _ when type == typeof(bool) => DataType.Bool,
            _ when type == typeof(sbyte) => DataType.Int8,
            _ when type == typeof(byte) => DataType.UInt8,
            _ when type == typeof(short) => DataType.Int16,
            _ when type == typeof(ushort) => DataType.UInt16,
            _ when type == typeof(int) => DataType.Int32,
            _ when type == typeof(uint) => DataType.UInt32,
            _ when type == typeof(long) => DataType.Int64,
            _ when type == typeof(ulong) => DataType.UInt64,
            _ when type == typeof(float) => DataType.Float32,
            _ when type == typeof(double) => DataType.Float64,
            _ when type == typeof(byte[]) => DataType.Binary,
            _ when type == typeof(DateOnly) => DataType.Date,
            _ when type == typeof(DateTime) => new TimestampType(TimeUnit.Microsecond),
            _ when type == typeof(DateTimeOffset) => new TimestampType(TimeUnit.Microsecond, "UTC"),
            _ when type == typeof(TimeOnly) => new TimeType(TimeUnit.Microsecond),
            _ when type == typeof(TimeSpan) => new DurationType(TimeUnit.Microsecond),
            _ => throw new UnsupportedTypeException($"column '{rows.GetName(i)}' is of type {type.Name}, for which there is no column"),
        };
    }

    static void Append(ColumnBuilder builder, object value, Field field)
    {
        switch (builder, value)
        {
            case (Utf8Builder b, _): b.Append(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            case (BinaryBuilder b, byte[] v): b.Append(v); break;
            case (BoolBuilder b, bool v): b.Append(v); break;
            case (FixedBuilder<sbyte> b, sbyte v): b.Append(v); break;
            case (FixedBuilder<byte> b, byte v): b.Append(v); break;
            case (FixedBuilder<short> b, short v): b.Append(v); break;
            case (FixedBuilder<ushort> b, ushort v): b.Append(v); break;
            case (FixedBuilder<int> b, int v): b.Append(v); break;
            case (FixedBuilder<int> b, DateOnly v): b.Append(v.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber); break;
            case (FixedBuilder<uint> b, uint v): b.Append(v); break;
            case (FixedBuilder<long> b, long v): b.Append(v); break;
            case (FixedBuilder<long> b, DateTime v): b.Append((v - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond); break;
            case (FixedBuilder<long> b, DateTimeOffset v): b.Append((v - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond); break;
            case (FixedBuilder<long> b, TimeOnly v): b.Append(v.Ticks / TimeSpan.TicksPerMicrosecond); break;
            case (FixedBuilder<long> b, TimeSpan v): b.Append(v.Ticks / TimeSpan.TicksPerMicrosecond); break;
            case (FixedBuilder<ulong> b, ulong v): b.Append(v); break;
            case (FixedBuilder<float> b, float v): b.Append(v); break;
            case (FixedBuilder<double> b, double v): b.Append(v); break;
            case (FixedBuilder<Int128> b, decimal v): b.Append(DecimalDigits.Of(v, (DecimalType)field.Type, field.Name)); break;
            default: throw new InvalidCastException($"column '{field.Name}' gave a {value.GetType().Name}, it announced {field.Type}");
        }
    }
}
