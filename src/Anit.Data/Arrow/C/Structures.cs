using System.Runtime.InteropServices;
using System.Text;

namespace Anit.Data.Arrow.C;

/// <summary>ArrowSchema of the Arrow C data interface: a type with its name, children and metadata.</summary>
/// <remarks>https://arrow.apache.org/docs/format/CDataInterface.html; the layout never changes.</remarks>
[StructLayout(LayoutKind.Sequential)]
unsafe struct CSchema
{
    public const long IsOrdered = 1, IsNullable = 2, HasSortedKeys = 4;

    public byte* Format, Name, Metadata;
    public long Flags, ChildCount;
    public CSchema** Children;
    public CSchema* Dictionary;
    public delegate* unmanaged[Cdecl]<CSchema*, void> Release;
    public void* Owned;
}

/// <summary>ArrowArray: lengths and buffers of a column.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct CArray
{
    public long Length, NullCount, Offset, BufferCount, ChildCount;
    public void** Buffers;
    public CArray** Children;
    public CArray* Dictionary;
    public delegate* unmanaged[Cdecl]<CArray*, void> Release;
    public void* Owned;
}

/// <summary>ArrowArrayStream: batches of one schema, until one comes released.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct CStream
{
    public delegate* unmanaged[Cdecl]<CStream*, CSchema*, int> GetSchema;
    public delegate* unmanaged[Cdecl]<CStream*, CArray*, int> GetNext;
    public delegate* unmanaged[Cdecl]<CStream*, byte*> GetLastError;
    public delegate* unmanaged[Cdecl]<CStream*, void> Release;
    public void* Owned;
}

/// <summary>Memory that what was exported owns; each owner frees its own.</summary>
static unsafe class CMemory
{
    static int arrays, schemas;

    /// <summary>Arrays and streams exported and not yet released.</summary>
    public static int Arrays => Volatile.Read(ref arrays);

    /// <summary>Schemas exported and not yet released.</summary>
    public static int Schemas => Volatile.Read(ref schemas);

    public static void CountArrays(int change) => Interlocked.Add(ref arrays, change);

    public static void CountSchemas(int change) => Interlocked.Add(ref schemas, change);

    public static byte* Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var to = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(to, bytes.Length));
        to[bytes.Length] = 0;
        return to;
    }

    public static T** Pointers<T>(int count) where T : unmanaged => (T**)NativeMemory.AllocZeroed((nuint)Math.Max(1, count), (nuint)sizeof(nint));

    public static T* New<T>() where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)sizeof(T));

    public static void Free(void* memory) => NativeMemory.Free(memory);

    public static string Read(byte* text) => text is null ? "" : Marshal.PtrToStringUTF8((nint)text) ?? "";
}
