using System.Buffers;

namespace Anit.Data.Json;

/// <summary>The items of one JSON array as they arrive, each as its bytes; what they mean is checked by who parses them.</summary>
sealed class ArrayItems(Stream stream, ReadLimits limits) : JsonRows
{
    static readonly SearchValues<byte> structure = SearchValues.Create("\"[]{},"u8);
    static readonly SearchValues<byte> inText = SearchValues.Create("\"\\"u8);

    byte[] buffer = new byte[1 << 16];
    int start, end;
    bool ended, opened, closed, any;

    public override async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken stop)
    {
        if (!opened) await OpenAsync(stop).ConfigureAwait(false);
        if (closed) return await NothingFollowsAsync(stop).ConfigureAwait(false);

        var (at, depth, text) = (start, 0, false);
        while (true)
        {
            var found = at < end ? buffer.AsSpan(at, end - at).IndexOfAny(text ? inText : structure) : -1;
            if (found < 0 || (text && buffer[at + found] == '\\' && at + found + 1 >= end))
            {
                if (found < 0) at = end;
                else at += found;
                at = await FillAsync(at, stop).ConfigureAwait(false);
                if (ended) throw new DataFormatException("the JSON array is cut off: its closing bracket is missing");
                continue;
            }
            at += found;
            switch (buffer[at])
            {
                case (byte)'\\': at++; break; // and the byte it escapes
                case (byte)'"': text = !text; break;
                case (byte)'[' or (byte)'{': depth++; break;
                case (byte)',' when depth == 0:
                    any = true;
                    return Item(at);
                case (byte)']' when depth == 0:
                    closed = true;
                    var last = Item(at);
                    if (!last.IsEmpty) return last;
                    return any ? throw new DataFormatException("a comma before the closing bracket of the JSON array")
                        : await NothingFollowsAsync(stop).ConfigureAwait(false);
                case (byte)']' or (byte)'}': depth--; break;
            }
            at++;
        }
    }

    public override ValueTask DisposeAsync() => stream.DisposeAsync();

    ReadOnlyMemory<byte> Item(int stopAt)
    {
        var item = buffer.AsMemory(start, stopAt - start);
        start = stopAt + 1;
        while (item.Length > 0 && item.Span[0] <= ' ') item = item[1..];
        while (item.Length > 0 && item.Span[^1] <= ' ') item = item[..^1];
        return item;
    }

    async ValueTask OpenAsync(CancellationToken stop)
    {
        opened = true;
        while (!ended && end < 4) await FillAsync(0, stop).ConfigureAwait(false);
        if (buffer.AsSpan(0, end).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) start = 3;
        if (await FirstAsync(stop).ConfigureAwait(false) != '[') throw new DataFormatException("the JSON does not begin with an array");
        start++;
    }

    async ValueTask<ReadOnlyMemory<byte>?> NothingFollowsAsync(CancellationToken stop) =>
        await FirstAsync(stop).ConfigureAwait(false) < 0 ? null : throw new DataFormatException("found more after the JSON array");

    // The next byte that is no white space, or -1 at the end.
    async ValueTask<int> FirstAsync(CancellationToken stop)
    {
        while (true)
        {
            while (start < end && buffer[start] <= ' ') start++;
            if (start < end) return buffer[start];
            if (ended) return -1;
            await FillAsync(start, stop).ConfigureAwait(false);
        }
    }

    async ValueTask<int> FillAsync(int at, CancellationToken stop)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (at, end, start) = (at - start, end - start, 0);
        }
        if (end == buffer.Length)
        {
            if (buffer.Length > limits.CellBytes) throw ReadLimits.Exceeded("the length of an item", end, nameof(limits.CellBytes), limits.CellBytes);
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        var read = await stream.ReadAsync(buffer.AsMemory(end), stop).ConfigureAwait(false);
        end += read;
        ended = read == 0;
        return at;
    }
}
