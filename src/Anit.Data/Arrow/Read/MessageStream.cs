using System.Buffers.Binary;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>Cuts an Arrow stream into messages: 0xFFFFFFFF, length of the metadata, metadata, body.</summary>
/// <remarks>Streams before 2019 lack the 0xFFFFFFFF. Nothing is allocated by a declared length alone: what does not fit
/// into the first step is read in growing steps, so that a lying length costs no memory.</remarks>
sealed class MessageStream(Stream stream, ReadOptions options)
{
    const int FirstStep = 16 << 20;
    const int Continuation = -1;

    readonly byte[] prefix = new byte[4];
    byte[] reused = [];

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    public ReadOnlyMemory<byte> Metadata { get; private set; }

    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Reads the next message; false at the end marker, or where the input may end without one.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken stop)
    {
        var first = await FillAsync(prefix, stop).ConfigureAwait(false);
        if (first == 0) return Ended(atBoundary: true);
        if (first < 4) return Ended(atBoundary: false);
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length == Continuation)
        {
            if (await FillAsync(prefix, stop).ConfigureAwait(false) < 4) return Ended(atBoundary: false);
            length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        }
        if (length == 0) return false;
        if (Position == 4 && !prefix.AsSpan().ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            throw new DataFormatException($"text ('{System.Text.Encoding.ASCII.GetString(prefix)}...') where an Arrow stream was expected")
                .At(offset: 0);
        if (length < 0) throw new DataFormatException($"Arrow message with metadata of {length} bytes").At(offset: Position - 4);
        if (length > options.Limits.MetadataBytes)
            throw ReadLimits.Exceeded("the metadata of an Arrow message", length, nameof(ReadLimits.MetadataBytes), options.Limits.MetadataBytes);

        if (await ReadAsync(length, stop).ConfigureAwait(false) is not { } metadata) return Ended(atBoundary: false);
        Metadata = metadata;
        var (kind, body) = Envelope(metadata);
        if (body > options.Limits.BodyBytes || body > Array.MaxLength)
            throw ReadLimits.Exceeded("the body of an Arrow message", body, nameof(ReadLimits.BodyBytes), options.Limits.BodyBytes);
        // Dictionaries outlive their message, rows need not.
        var reuse = options.ReuseMemory && kind == MessageKind.RecordBatch;
        if (reuse && body <= Math.Max(FirstStep, reused.Length))
        {
            if (reused.Length < body) reused = GC.AllocateUninitializedArray<byte>((int)body);
            Body = reused.AsMemory(0, (int)body);
            return await FillAsync(reused.AsMemory(0, (int)body), stop).ConfigureAwait(false) == body || Ended(atBoundary: false);
        }
        if (await ReadAsync((int)body, stop).ConfigureAwait(false) is not { } bytes) return Ended(atBoundary: false);
        if (reuse) reused = bytes;
        Body = bytes;
        return true;
    }

    static (MessageKind Kind, long Body) Envelope(ReadOnlySpan<byte> metadata)
    {
        var message = new ArrowMessage(metadata);
        return (message.Kind, message.BodyLength);
    }

    bool Ended(bool atBoundary)
    {
        if (options.AllowTruncated || (atBoundary && stream.CanSeek))
        {
            // Legal in a file, where the writer may have closed it so; in a pipe it is what a crash looks like.
            options.Warn?.Invoke($"{options.Name ?? "the Arrow stream"} ends without its end marker; rows may be missing");
            return false;
        }
        throw new DataFormatException(stream.CanSeek
            ? "the Arrow stream is cut off inside a message"
            : "upstream ended early: the Arrow stream stops without its end marker; "
                + "look at the errors of the stage before, or take what there is (--allow-truncated)").At(offset: Position);
    }

    async ValueTask<byte[]?> ReadAsync(int length, CancellationToken stop)
    {
        if (stream.CanSeek && length > stream.Length - stream.Position) return null;
        var bytes = GC.AllocateUninitializedArray<byte>(stream.CanSeek ? length : Math.Min(length, FirstStep));
        for (var have = 0; ;)
        {
            var got = await FillAsync(bytes.AsMemory(have), stop).ConfigureAwait(false);
            if (got < bytes.Length - have) return null;
            have = bytes.Length;
            if (have == length) return bytes;
            var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(length, 2L * have));
            bytes.CopyTo(larger, 0);
            bytes = larger;
        }
    }

    async ValueTask<int> FillAsync(Memory<byte> target, CancellationToken stop)
    {
        var got = await stream.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        Position += got;
        return got;
    }
}
