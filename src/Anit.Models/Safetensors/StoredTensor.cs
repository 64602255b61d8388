namespace Anit.Models.Safetensors;

/// <summary>Where one tensor lies in a safetensors file.</summary>
/// <param name="Name">The name in the file, such as <c>model.norm.weight</c>.</param>
/// <param name="Type">The element type in the file's own words: <c>F32</c>, <c>F16</c>, <c>BF16</c>, <c>I64</c> ...</param>
/// <param name="Shape">Lengths of the dimensions, outermost first.</param>
/// <param name="Start">First byte, counted from the start of the file.</param>
/// <param name="Length">Number of bytes.</param>
public sealed record StoredTensor(string Name, string Type, IReadOnlyList<long> Shape, long Start, long Length)
{
    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (n, size) => n * size);

    /// <summary>Bytes an element takes, or 0 for a type this library does not know.</summary>
    public static int BytesOf(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "F32" or "I32" or "U32" => 4,
        "F64" or "I64" or "U64" => 8,
        _ => 0,
    };
}
