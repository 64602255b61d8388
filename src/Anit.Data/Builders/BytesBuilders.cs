using System.Text;

namespace Anit.Data;

/// <summary>Builds columns of values of any length.</summary>
public abstract class BytesBuilder : ColumnBuilder
{
    readonly ByteBuffer offsets = new();
    readonly ByteBuffer data = new();

    private protected BytesBuilder(DataType type) : base(type) => offsets.AppendValue(0);

    /// <inheritdoc/>
    public override long ByteCount => data.Length + offsets.Length;

    /// <summary>One more value, copied.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        data.Append(value);
        EndValue();
    }

    private protected Span<byte> Reserve(int count) => data.Reserve(count);

    private protected void Confirm(int count)
    {
        data.Advance(count);
        EndValue();
    }

    void EndValue()
    {
        offsets.AppendValue(data.Length);
        AppendValid();
    }

    private protected override void AppendCell(Column source, int row)
    {
        if (source is not BytesColumn same) throw CannotTake(source);
        Append(same.Bytes(row));
    }

    private protected override void AppendDefault() => offsets.AppendValue(data.Length);

    private protected (ReadOnlyMemory<byte> Offsets, ReadOnlyMemory<byte> Data) Detach()
    {
        var result = (offsets.Detach(), data.Detach());
        offsets.AppendValue(0);
        return result;
    }
}

/// <summary>Builds <see cref="Utf8Column"/>.</summary>
public sealed class Utf8Builder() : BytesBuilder(DataType.Utf8)
{
    /// <summary>One more text or null.</summary>
    public void Append(string? value)
    {
        if (value is null) AppendNull();
        else Append(value.AsSpan());
    }

    /// <summary>One more text.</summary>
    public void Append(ReadOnlySpan<char> value)
    {
        var room = Reserve(Encoding.UTF8.GetMaxByteCount(value.Length));
        Confirm(Encoding.UTF8.GetBytes(value, room));
    }

    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var (offsets, data) = Detach();
        return new Utf8Column(length, offsets, data, validity, nulls);
    }
}

/// <summary>Builds <see cref="BinaryColumn"/>.</summary>
public sealed class BinaryBuilder() : BytesBuilder(DataType.Binary)
{
    private protected override Column Finish(int length, ReadOnlyMemory<byte> validity, int nulls)
    {
        var (offsets, data) = Detach();
        return new BinaryColumn(length, offsets, data, validity, nulls);
    }
}
