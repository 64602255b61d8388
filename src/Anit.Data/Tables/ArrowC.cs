using Anit.Data.Arrow.C;
using Anit.Data.Arrow.Meta;

namespace Anit.Data;

/// <summary>Tables to and from other libraries in the same process, by the Arrow C data and C stream interfaces: three structures of plain C that
/// DuckDB, pyarrow, Polars, Arrow's C++ and many others take and give.</summary>
/// <example><code>
/// var stream = ArrowC.NewStream();               // an ArrowArrayStream of zeros, yours to free
/// ArrowC.Export(reader, stream);                 // hand it over: duckdb_arrow_scan(connection, "rows", stream)
/// await using var back = ArrowC.Import(stream2); // or take what another library made
/// </code></example>
/// <remarks><para>Addresses are those of structures that the caller has allocated. What is exported is not copied: the columns stay in memory,
/// pinned, until the other side calls <c>release</c>, so a reader to be exported must not have been opened with
/// <see cref="ReadOptions.ReuseMemory"/>.</para>
/// <para>What is imported is copied once and checked as the values of a file are, then released. Lengths and addresses are the producer's
/// word.</para>
/// <para>https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html</para></remarks>
public static unsafe class ArrowC
{
    /// <summary>Memory for an ArrowArrayStream, all zeros; <see cref="FreeStream"/> gives it back.</summary>
    public static nint NewStream() => (nint)CMemory.New<CStream>();

    /// <summary>Releases the stream, if it still holds anything, and gives its memory back.</summary>
    public static void FreeStream(nint stream)
    {
        var at = (CStream*)stream;
        if (at->Release is not null) at->Release(at);
        CMemory.Free(at);
    }

    /// <summary>Makes a table an ArrowArrayStream at this address. The stream owns the reader; its errors are the stream's.</summary>
    public static void Export(ITableReader reader, nint stream) => StreamExport.Fill(reader, (CStream*)stream);

    /// <summary>Makes columns an ArrowSchema at this address: a struct of them.</summary>
    /// <exception cref="UnsupportedTypeException">A column that Arrow does not have.</exception>
    public static void Export(Schema schema, nint arrowSchema) => SchemaHandover.Export(schema, (CSchema*)arrowSchema);

    /// <summary>Makes rows an ArrowArray at this address: a struct of their columns.</summary>
    /// <exception cref="UnsupportedTypeException">Values that Arrow does not have.</exception>
    public static void Export(ColumnBatch batch, nint arrowArray) => ArrayExport.Batch(batch, (CArray*)arrowArray);

    /// <summary>Takes over the ArrowArrayStream at this address as a table.</summary>
    /// <param name="stream">The stream; it is marked as released.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="limits">Bounds of its memory.</param>
    /// <exception cref="DataFormatException">The stream fails, or its values are not what the format allows.</exception>
    public static ITableReader Import(nint stream, string name = "the Arrow stream", ReadLimits? limits = null) =>
        new StreamImport((CStream*)stream, limits ?? ReadLimits.Default, name);

    /// <summary>Copies the rows of an ArrowArray, a struct of columns that an ArrowSchema describes, and releases both.</summary>
    public static ColumnBatch Import(nint arrowArray, nint arrowSchema, ReadLimits? limits = null)
    {
        var array = (CArray*)arrowArray;
        var schema = (CSchema*)arrowSchema;
        if (array->Release is null) throw new ArgumentException("the ArrowArray is released", nameof(arrowArray));
        try
        {
            var arrow = SchemaHandover.Import(schema, limits ?? ReadLimits.Default);
            return ArrayImport.Batch(array, arrow, SchemaImport.Schema(arrow), limits ?? ReadLimits.Default);
        }
        finally
        {
            if (schema->Release is not null) schema->Release(schema);
            array->Release(array);
        }
    }
}
