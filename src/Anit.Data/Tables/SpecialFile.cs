using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>Pipes with a name, devices and sockets: written where they are, never replaced by a file.</summary>
static partial class SpecialFile
{
    const int CurrentFolder = -100, TypeWanted = 1, ModeAt = 28; // AT_FDCWD, STATX_TYPE, offset of stx_mode
    const int TypeBits = 0xF000, Folder = 0x4000, Regular = 0x8000;

    /// <summary>Whether something is there that is neither a file nor a directory; links are followed.</summary>
    public static bool Is(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> found = stackalloc byte[256];
        if (Statx(CurrentFolder, path, 0, TypeWanted, found) != 0) return false;
        return (BitConverter.ToUInt16(found[ModeAt..]) & TypeBits) is not (Folder or Regular);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> found);
}
