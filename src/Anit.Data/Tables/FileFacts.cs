using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>What a path leads to.</summary>
public enum FileKind
{
    /// <summary>An ordinary file.</summary>
    File,
    /// <summary>A directory.</summary>
    Directory,
    /// <summary>A device, a named pipe or a socket: written to as it is, never replaced.</summary>
    Special,
}

/// <summary>What a path leads to, links followed, and which file that is: two names of one file have equal facts.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Device">The device it lies on.</param>
/// <param name="Number">Its number there.</param>
public readonly partial record struct FileFacts(FileKind Kind, ulong Device, UInt128 Number)
{
    /// <summary>The facts, or null when there is nothing.</summary>
    public static FileFacts? Of(string path)
    {
        if (OperatingSystem.IsLinux()) return Stat(path);
        var kind = Directory.Exists(path) ? FileKind.Directory : FileKind.File;
        return Path.Exists(path) ? new(kind, 0, (UInt128)Path.GetFullPath(path).GetHashCode(StringComparison.Ordinal)) : null;
    }

    static FileFacts? Stat(string path)
    {
        const int HereAndNow = -100, TypeAndNumber = 0x101, Mode = 28, Inode = 32, DeviceMajor = 136; // statx(2)
        Span<byte> found = stackalloc byte[256];
        if (StatX(HereAndNow, path, 0, TypeAndNumber, ref MemoryMarshal.GetReference(found)) != 0) return null;
        var kind = (BitConverter.ToUInt16(found[Mode..]) & 0xF000) switch { 0x8000 => FileKind.File, 0x4000 => FileKind.Directory,
            _ => FileKind.Special };
        return new(kind, BitConverter.ToUInt64(found[DeviceMajor..]), BitConverter.ToUInt64(found[Inode..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, ref byte found);
}
