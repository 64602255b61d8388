namespace Anit.Data.Tests;

/// <summary>A file in memory that counts the bytes that are read of it.</summary>
sealed class CountedStream(byte[] bytes) : MemoryStream(bytes)
{
    public long Fetched { get; private set; }

    // Reads into spans come by here, too, as in every class derived from MemoryStream.
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = base.Read(buffer, offset, count);
        Fetched += read;
        return read;
    }
}
