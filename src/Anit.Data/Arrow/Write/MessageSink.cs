using System.Buffers.Binary;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Write;

/// <summary>Writes messages to a stream, small parts gathered, large buffers straight from the column's memory.</summary>
sealed class MessageSink(Stream stream)
{
    const int Gather = 256 << 10;
    const int Alignment = 64;

    readonly byte[] waiting = new byte[Gather];
    int count;

    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        Position += bytes.Length;
        if (bytes.Length > Gather - count)
        {
            await FlushAsync(stop).ConfigureAwait(false);
            if (bytes.Length > Gather / 4)
            {
                await stream.WriteAsync(bytes, stop).ConfigureAwait(false);
                return;
            }
        }
        bytes.Span.CopyTo(waiting.AsSpan(count));
        count += bytes.Length;
    }

    /// <summary>Writes one message; bodies begin at multiples of 64 bytes, so that a memory map of a file is aligned.</summary>
    public async ValueTask<ArrowBlock> MessageAsync(byte[] metadata, BatchEncoder? body, CancellationToken stop)
    {
        var start = Position;
        var padding = (int)(-(Position + 8 + metadata.Length) & (Alignment - 1));
        var prefix = new byte[8];
        prefix.AsSpan(0, 4).Fill(0xFF);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(4), metadata.Length + padding);
        await WriteAsync(prefix, stop).ConfigureAwait(false);
        await WriteAsync(metadata, stop).ConfigureAwait(false);
        await WriteAsync(zeros.AsMemory(0, padding), stop).ConfigureAwait(false);
        if (body is null) return default;
        foreach (var buffer in body.Buffers)
        {
            await WriteAsync(buffer, stop).ConfigureAwait(false);
            await WriteAsync(zeros.AsMemory(0, BatchEncoder.Padding(buffer.Length)), stop).ConfigureAwait(false);
        }
        return new ArrowBlock(start, 8 + metadata.Length + padding, body.BodyLength);
    }

    /// <summary>Ends the stream of messages: the mark that tells a reader it got all.</summary>
    public ValueTask EndAsync(CancellationToken stop) => WriteAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0 }, stop);

    public async ValueTask FlushAsync(CancellationToken stop)
    {
        if (count == 0) return;
        await stream.WriteAsync(waiting.AsMemory(0, count), stop).ConfigureAwait(false);
        count = 0;
    }

    static readonly byte[] zeros = new byte[Alignment];
}
