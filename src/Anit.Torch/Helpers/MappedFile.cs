using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Torch;

/// <summary>A file whose bytes become tensors without being read: pages come in when they are touched.</summary>
/// <example><code>using var file = new MappedFile("model.safetensors");
/// var w = file.Tensor(offset: 8 + header, [4096, 4096], bfloat16);</code></example>
/// <remarks>Tensors keep the pages alive, so the file may be disposed before them. A tensor changed in place changes its own
/// copy of the page, never the file.</remarks>
public sealed partial class MappedFile : IDisposable
{
    nint mapping;

    /// <summary>Maps a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public unsafe MappedFile(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"{path} not found", path);
        long length;
        mapping = anit_map_file(path, &length);
        if (mapping == 0) throw NativeLibraries.LastError();
        Length = length;
    }

    /// <summary>Bytes in the file.</summary>
    public long Length { get; }

    /// <summary>A contiguous tensor on the CPU over the bytes from <paramref name="offset"/>.</summary>
    /// <exception cref="TorchException">The bytes do not lie within the file, or not at a multiple of the element size.</exception>
    public unsafe Tensor Tensor(long offset, ReadOnlySpan<long> shape, ScalarType dtype)
    {
        ObjectDisposedException.ThrowIf(mapping == 0, this);
        fixed (long* sizes = shape)
        {
            var made = anit_mapped_tensor(mapping, offset, sizes, shape.Length, (int)dtype);
            return made != 0 ? torch.Tensor.UnsafeCreateTensor(made) : throw NativeLibraries.LastError();
        }
    }

    /// <summary>Lets the file go; tensors over it stay valid.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref mapping, 0) is var mine and not 0) anit_unmap_file(mine);
    }

    [LibraryImport(NativeLibraries.Shim, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint anit_map_file(string path, long* length);
    [LibraryImport(NativeLibraries.Shim)] private static partial void anit_unmap_file(nint mapping);
    [LibraryImport(NativeLibraries.Shim)]
    private static unsafe partial nint anit_mapped_tensor(nint mapping, long offset, long* sizes, int count, int dtype);
}
