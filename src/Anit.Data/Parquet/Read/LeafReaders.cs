using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Schemas;

namespace Anit.Data.Parquet.Read;

/// <summary>Chooses how a leaf's stored values become a column of its logical type.</summary>
static class LeafReaders
{
    public static ValueReader Of(LeafShape leaf, ReadOptions options)
    {
        var (type, element) = (leaf.Field.Type, leaf.Node.Element);
        if (type is NullType) return new NothingReader(options.Limits);
        return element.Type switch
        {
            PhysicalType.Boolean => new BoolReader(options.Limits),
            PhysicalType.Int32 => new FixedReader<int>(options, true, Int32(type)),
            PhysicalType.Int64 => new FixedReader<long>(options, true, Int64(type)),
            PhysicalType.Float =>
                new FixedReader<int>(options, false, (n, data, valid, nulls) => new FixedColumn<float>(type, n, data, valid, nulls)),
            PhysicalType.Double =>
                new FixedReader<long>(options, false, (n, data, valid, nulls) => new FixedColumn<double>(type, n, data, valid, nulls)),
            PhysicalType.Int96 => new FixedBytesReader(options, 12, (n, data, valid, nulls) => Int96Values.Column(type, n, data, valid, nulls)),
            PhysicalType.ByteArray => new BytesReader(options, Bytes(type)),
            _ => new FixedBytesReader(options, element.TypeLength, FixedBytes(type, element.TypeLength)),
        };
    }

    static ColumnMaker Int32(DataType type) => type switch
    {
        IntType { Bits: 8, Signed: true } => (n, data, valid, nulls) => Narrow<sbyte>(type, n, data, valid, nulls),
        IntType { Bits: 8 } => (n, data, valid, nulls) => Narrow<byte>(type, n, data, valid, nulls),
        IntType { Bits: 16, Signed: true } => (n, data, valid, nulls) => Narrow<short>(type, n, data, valid, nulls),
        IntType { Bits: 16 } => (n, data, valid, nulls) => Narrow<ushort>(type, n, data, valid, nulls),
        IntType { Signed: false } => (n, data, valid, nulls) => new FixedColumn<uint>(type, n, data, valid, nulls),
        DecimalType => (n, data, valid, nulls) => Widen<int>(type, n, data, valid, nulls),
        _ => (n, data, valid, nulls) => new FixedColumn<int>(type, n, data, valid, nulls),
    };

    static ColumnMaker Int64(DataType type) => type switch
    {
        IntType { Signed: false } => (n, data, valid, nulls) => new FixedColumn<ulong>(type, n, data, valid, nulls),
        DecimalType => (n, data, valid, nulls) => Widen<long>(type, n, data, valid, nulls),
        _ => (n, data, valid, nulls) => new FixedColumn<long>(type, n, data, valid, nulls),
    };

    static ColumnMaker FixedBytes(DataType type, int width) => type switch
    {
        FloatType => (n, data, valid, nulls) => new FixedColumn<Half>(type, n, data, valid, nulls),
        DecimalType t => (n, data, valid, nulls) => Decimals.Column(t, n, i => data.Span.Slice(i * width, width), valid, nulls),
        IntervalType => (n, data, valid, nulls) => Intervals(type, n, data, valid, nulls),
        _ => (n, data, valid, nulls) => new FixedBinaryColumn(type, width, n, data, valid, nulls),
    };

    static BytesColumnMaker Bytes(DataType type) => type switch
    {
        Utf8Type => Text,
        DecimalType t => (n, offsets, data, valid, nulls) =>
            Decimals.Column(t, n, i => data.Span[Offset(offsets, i)..Offset(offsets, i + 1)], valid, nulls),
        _ => (n, offsets, data, valid, nulls) => new BinaryColumn(n, offsets, data, valid, nulls),
    };

    static int Offset(ReadOnlyMemory<byte> offsets, int i) => BinaryPrimitives.ReadInt32LittleEndian(offsets.Span[(4 * i)..]);

    /// <summary>All bytes at once must be UTF-8, and no value may begin inside a character.</summary>
    static Utf8Column Text(int length, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity, int nulls)
    {
        var column = new Utf8Column(length, offsets, data, validity, nulls);
        var bytes = data.Span;
        if (System.Text.Ascii.IsValid(bytes)) return column;
        if (!Utf8.IsValid(bytes)) throw NotText(column);
        foreach (var start in column.Offsets)
            if ((uint)start < (uint)bytes.Length && (bytes[start] & 0xC0) == 0x80) throw NotText(column);
        return column;
    }

    static DataFormatException NotText(Utf8Column column)
    {
        for (var i = 0; i < column.Length; i++)
            if (!Utf8.IsValid(column.Bytes(i)))
                return new($"text that is not UTF-8, in row {i} of the batch: bytes "
                + $"{Convert.ToHexString(column.Bytes(i)[..Math.Min(16, column.Bytes(i).Length)])}…");
        return new("text that is not UTF-8");
    }

    static FixedColumn<T> Narrow<T>(DataType type, int length, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity, int nulls)
        where T : unmanaged, INumber<T>
    {
        var from = MemoryMarshal.Cast<byte, int>(data.Span);
        var values = new T[length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = T.CreateTruncating(from[i]);
            if (int.CreateTruncating(values[i]) != from[i] && (validity.IsEmpty || Bitmap.Get(validity.Span, i)))
                throw new DataFormatException($"{from[i]} in a column of {type}");
        }
        return new(type, length, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), validity, nulls);
    }

    static FixedColumn<Int128> Widen<T>(DataType type, int length, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity, int nulls)
        where T : unmanaged, IBinaryInteger<T>
    {
        var from = MemoryMarshal.Cast<byte, T>(data.Span);
        var bytes = new byte[length * 16];
        var to = MemoryMarshal.Cast<byte, Int128>(bytes.AsSpan());
        for (var i = 0; i < length; i++) to[i] = Int128.CreateTruncating(from[i]);
        return new(type, length, bytes, validity, nulls);
    }

    /// <summary>Twelve bytes: months, days, milliseconds, each unsigned and little-endian.</summary>
    static FixedColumn<MonthDayNano> Intervals(DataType type, int length, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity, int nulls)
    {
        var from = MemoryMarshal.Cast<byte, uint>(data.Span);
        var values = new MonthDayNano[length];
        for (var i = 0; i < length; i++) values[i] = new((int)from[3 * i], (int)from[3 * i + 1], from[3 * i + 2] * 1_000_000L);
        return new(type, length, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), validity, nulls);
    }
}

/// <summary>Big-endian two's complement decimals of any length.</summary>
static class Decimals
{
    public delegate ReadOnlySpan<byte> Cell(int row);

    public static Column Column(DecimalType type, int length, Cell cell, ReadOnlyMemory<byte> validity, int nulls)
    {
        var width = type.Precision > DecimalType.MaxInt128Precision ? 32 : 16;
        var bytes = new byte[length * width];
        for (var i = 0; i < length; i++)
        {
            if (nulls > 0 && !Bitmap.Get(validity.Span, i)) continue;
            Read(cell(i), bytes.AsSpan(i * width, width));
        }
        return width == 16 ? new FixedColumn<Int128>(type, length, bytes, validity, nulls)
            : new FixedBinaryColumn(type, width, length, bytes, validity, nulls);
    }

    static void Read(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var sign = (byte)(from.Length > 0 && from[0] >= 0x80 ? 0xFF : 0);
        while (from.Length > to.Length)
        {
            if (from[0] != sign) throw new DataFormatException($"a decimal of {from.Length} bytes that does not fit {to.Length}");
            from = from[1..];
        }
        if (from.Length == to.Length && (from[0] ^ sign) >= 0x80) throw new DataFormatException($"a decimal that does not fit {to.Length} bytes");
        to.Fill(sign);
        for (var i = 0; i < from.Length; i++) to[i] = from[^(i + 1)];
    }
}

/// <summary>INT96 timestamps: nanoseconds of the day, then the Julian day.</summary>
static class Int96Values
{
    const int JulianEpoch = 2_440_588; // of 1970-01-01
    const long NanosecondsPerDay = 86_400_000_000_000;

    public static Column Column(DataType type, int length, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity, int nulls)
    {
        var from = data.Span;
        var wide = new Int128[length];
        var fits = true;
        for (var i = 0; i < length; i++)
        {
            if (nulls > 0 && !Bitmap.Get(validity.Span, i)) continue;
            var ticks = BinaryPrimitives.ReadInt64LittleEndian(from[(12 * i)..]);
            var day = BinaryPrimitives.ReadInt32LittleEndian(from[(12 * i + 8)..]);
            wide[i] = Wrapped((Int128)((long)day - JulianEpoch) * NanosecondsPerDay + ticks);
            fits &= wide[i] >= long.MinValue && wide[i] <= long.MaxValue;
        }
        if (!fits) return new FixedColumn<Int128>(type, length, MemoryMarshal.AsBytes(wide.AsSpan()).ToArray(), validity, nulls);
        var narrow = new long[length];
        for (var i = 0; i < length; i++) narrow[i] = (long)wide[i];
        return new FixedColumn<long>(type, length, MemoryMarshal.AsBytes(narrow.AsSpan()).ToArray(), validity, nulls);
    }

    /// <summary>Spark counts in 64-bit microseconds and lets them wrap: what it wrote is meant modulo 2^64 of them.</summary>
    static Int128 Wrapped(Int128 ticks)
    {
        var (micros, rest) = Int128.DivRem(ticks, 1_000);
        return (Int128)(long)(ulong)(UInt128)(micros & ulong.MaxValue) * 1_000 + rest;
    }
}
