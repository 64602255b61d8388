using System.Runtime.InteropServices;
using System.Text;

namespace Anit.Torch;

/// <summary>Where processes meet: c10d's TCPStore, keys and values that one of them serves to all.</summary>
/// <remarks>One connection does one thing at a time: a thread that waits for a key holds up the others that share it.</remarks>
public sealed unsafe partial class TcpStore : IDisposable
{
    nint handle;

    /// <summary>Serves, or connects to who does.</summary>
    /// <param name="host">Where it is served.</param>
    /// <param name="port">The port there; 0 takes a free one and is for the server only.</param>
    /// <param name="serves">Whether it is served here.</param>
    /// <param name="patience">How long to look for the server.</param>
    /// <exception cref="TorchException">The port is taken, or nobody serves there.</exception>
    public TcpStore(string host, int port, bool serves, TimeSpan patience)
    {
        handle = anit_store_new(host, port, serves ? (byte)1 : (byte)0, (long)patience.TotalMilliseconds);
        if (handle == 0) throw NativeLibraries.LastError();
    }

    /// <summary>The port that it is served on.</summary>
    public int Port => anit_store_port(handle);

    /// <summary>Sets a key.</summary>
    public void Set(string key, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        fixed (byte* start = bytes) Check(anit_store_set(handle, key, start, bytes.Length));
    }

    /// <summary>The value of a key, as soon as there is one.</summary>
    public string Get(string key)
    {
        byte* bytes;
        var length = anit_store_get(handle, key, &bytes);
        if (length < 0) throw NativeLibraries.LastError();
        var value = Encoding.UTF8.GetString(bytes, checked((int)length));
        anit_store_release(bytes);
        return value;
    }

    /// <summary>Adds to a number, which is 0 at first, and says what it is then.</summary>
    public long Add(string key, long amount)
    {
        long sum;
        Check(anit_store_add(handle, key, amount, &sum));
        return sum;
    }

    internal nint Handle => handle;

    /// <inheritdoc />
    public void Dispose()
    {
        if (handle != 0) anit_store_free(handle);
        handle = 0;
    }

    static void Check(int done)
    {
        if (done < 0) throw NativeLibraries.LastError();
    }

    [LibraryImport(NativeLibraries.Shim, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint anit_store_new(string host, int port, byte serves, long timeout);
    [LibraryImport(NativeLibraries.Shim)] private static partial void anit_store_free(nint store);
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_store_port(nint store);
    [LibraryImport(NativeLibraries.Shim, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int anit_store_set(nint store, string key, byte* bytes, long length);
    [LibraryImport(NativeLibraries.Shim, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long anit_store_get(nint store, string key, byte** bytes);
    [LibraryImport(NativeLibraries.Shim)] private static partial void anit_store_release(byte* bytes);
    [LibraryImport(NativeLibraries.Shim, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int anit_store_add(nint store, string key, long amount, long* sum);
}
