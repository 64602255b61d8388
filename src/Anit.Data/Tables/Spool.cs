namespace Anit.Data;

/// <summary>Makes a stream seekable by keeping it in a temporary file: formats with their index at the end need that on a pipe.</summary>
static class Spool
{
    /// <summary>The stream itself when it can seek, else its content in a file that is gone once closed.</summary>
    public static async Task<Stream> SeekableAsync(Stream stream, CancellationToken stop)
    {
        if (stream.CanSeek) return stream;
        var path = Path.Combine(Path.GetTempPath(), $"anit-{Path.GetRandomFileName()}.tmp");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 0);
        try
        {
            File.Delete(path); // the open file keeps its content; nothing is left behind however the process ends
            await stream.CopyToAsync(file, 1 << 20, stop).ConfigureAwait(false);
            file.Position = 0;
            await stream.DisposeAsync().ConfigureAwait(false);
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
