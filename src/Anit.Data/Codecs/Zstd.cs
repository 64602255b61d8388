using System.Runtime.InteropServices;

namespace Anit.Data.Codecs;

/// <summary>Zstandard through the system's libzstd.</summary>
/// <remarks>Only one-shot calls with exact capacities: nothing is allocated by what the data declare.</remarks>
static unsafe class Zstd
{
    public const int UsualLevel = 3;

    static readonly string[] Names = ["libzstd.so.1", "libzstd.so", "libzstd.1.dylib", "libzstd.dylib", "zstd.dll", "libzstd.dll"];

    static readonly nint library = Load();
    static readonly delegate* unmanaged<nint> createCompressor, createDecompressor;
    static readonly delegate* unmanaged<nint, nuint> freeCompressor, freeDecompressor;
    static readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint> compress;
    static readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint> decompress;
    static readonly delegate* unmanaged<nuint, nuint> bound;
    static readonly delegate* unmanaged<nuint, uint> isError;
    static readonly delegate* unmanaged<nuint, byte*> errorName;

    [ThreadStatic] static Context? compressor, decompressor;

    static Zstd()
    {
        if (library == 0) return;
        createCompressor = (delegate* unmanaged<nint>)Export("ZSTD_createCCtx");
        createDecompressor = (delegate* unmanaged<nint>)Export("ZSTD_createDCtx");
        freeCompressor = (delegate* unmanaged<nint, nuint>)Export("ZSTD_freeCCtx");
        freeDecompressor = (delegate* unmanaged<nint, nuint>)Export("ZSTD_freeDCtx");
        compress = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint>)Export("ZSTD_compressCCtx");
        decompress = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint>)Export("ZSTD_decompressDCtx");
        bound = (delegate* unmanaged<nuint, nuint>)Export("ZSTD_compressBound");
        isError = (delegate* unmanaged<nuint, uint>)Export("ZSTD_isError");
        errorName = (delegate* unmanaged<nuint, byte*>)Export("ZSTD_getErrorName");
    }

    /// <summary>Whether the system has libzstd.</summary>
    public static bool IsAvailable => library != 0;

    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Require();
        decompressor ??= new(createDecompressor(), freeDecompressor);
        fixed (byte* from = source, to = target)
        {
            byte none;
            var written = decompress(decompressor.Handle, to == null ? &none : to, (nuint)target.Length, from, (nuint)source.Length);
            if (isError(written) != 0)
                throw BlockCodecs.Bad("zstd", $"{Marshal.PtrToStringUTF8((nint)errorName(written))} ({target.Length:N0} bytes were declared)");
            if (written != (nuint)target.Length) throw BlockCodecs.WrongSize("zstd", (long)written, target.Length);
        }
    }

    public static void Compress(ReadOnlySpan<byte> source, int level, ByteBuffer target)
    {
        Require();
        compressor ??= new(createCompressor(), freeCompressor);
        var room = target.Reserve(checked((int)bound((nuint)source.Length)));
        fixed (byte* from = source, to = room)
        {
            var written = compress(compressor.Handle, to, (nuint)room.Length, from, (nuint)source.Length, level);
            if (isError(written) != 0) throw new InvalidOperationException($"zstd: {Marshal.PtrToStringUTF8((nint)errorName(written))}");
            target.Advance((int)written);
        }
    }

    static void Require()
    {
        if (library == 0)
            throw new DataFormatException(
                "zstd needs the system library libzstd.so.1 (package libzstd1), which is not here; install it or use snappy");
    }

    static nint Load()
    {
        foreach (var name in Names)
            if (NativeLibrary.TryLoad(name, out var handle)) return handle;
        return 0;
    }

    static nint Export(string name) => NativeLibrary.GetExport(library, name);

    /// <summary>A native context, freed with its thread.</summary>
    sealed class Context(nint handle, delegate* unmanaged<nint, nuint> free)
    {
        readonly delegate* unmanaged<nint, nuint> free = free;

        public nint Handle { get; } = handle != 0 ? handle : throw new InvalidOperationException("zstd: no memory for a context");

        ~Context() => free(Handle);
    }
}
