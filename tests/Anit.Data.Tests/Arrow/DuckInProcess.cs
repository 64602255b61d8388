using System.Runtime.InteropServices;

namespace Anit.Data.Tests.Arrow;

/// <summary>DuckDB inside this process, by the C library that its Node package brings: it takes and gives Arrow structures.</summary>
sealed unsafe class DuckInProcess : IDisposable
{
    static readonly string Library = Path.Combine(SharedData.Repository, "tests", "oracles", "node_modules", "@duckdb",
        "node-bindings-linux-x64", "libduckdb.so");

    readonly nint library = NativeLibrary.Load(Library);
    nint database, connection;

    public DuckInProcess()
    {
        nint made;
        Check(((delegate* unmanaged[Cdecl]<byte*, nint*, int>)At("duckdb_open"))(null, &made), "open");
        database = made;
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, int>)At("duckdb_connect"))(database, &made), "connect");
        connection = made;
    }

    /// <summary>Makes an ArrowArrayStream a view.</summary>
    public void Scan(string name, nint stream)
    {
        var text = Marshal.StringToCoTaskMemUTF8(name);
        Check(((delegate* unmanaged[Cdecl]<nint, nint, nint, int>)At("duckdb_arrow_scan"))(connection, text, stream), "scan");
        Marshal.FreeCoTaskMem(text);
    }

    /// <summary>Runs a statement and gives its result as Arrow's structures: an ArrowSchema, and each ArrowArray with it.</summary>
    public List<ColumnBatch> Run(string sql)
    {
        nint result;
        var text = Marshal.StringToCoTaskMemUTF8(sql);
        var state = ((delegate* unmanaged[Cdecl]<nint, nint, nint*, int>)At("duckdb_query_arrow"))(connection, text, &result);
        Marshal.FreeCoTaskMem(text);
        if (state != 0)
        {
            var error = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint, nint>)At("duckdb_query_arrow_error"))(result));
            ((delegate* unmanaged[Cdecl]<nint*, void>)At("duckdb_destroy_arrow"))(&result);
            throw new InvalidOperationException($"{sql}: {error}");
        }
        var batches = new List<ColumnBatch>();
        while (true)
        {
            var schema = (nint)NativeMemory.AllocZeroed(128);
            var array = (nint)NativeMemory.AllocZeroed(128);
            var to = schema;
            Check(((delegate* unmanaged[Cdecl]<nint, nint*, int>)At("duckdb_query_arrow_schema"))(result, &to), "schema");
            to = array;
            Check(((delegate* unmanaged[Cdecl]<nint, nint*, int>)At("duckdb_query_arrow_array"))(result, &to), "array");
            var isEnd = ((Data.Arrow.C.CArray*)array)->Release is null;
            if (!isEnd) batches.Add(ArrowC.Import(array, schema));
            NativeMemory.Free((void*)schema);
            NativeMemory.Free((void*)array);
            if (isEnd) break;
        }
        ((delegate* unmanaged[Cdecl]<nint*, void>)At("duckdb_destroy_arrow"))(&result);
        return batches;
    }

    public void Dispose()
    {
        var (c, d) = (connection, database);
        ((delegate* unmanaged[Cdecl]<nint*, void>)At("duckdb_disconnect"))(&c);
        ((delegate* unmanaged[Cdecl]<nint*, void>)At("duckdb_close"))(&d);
        (connection, database) = (0, 0);
    }

    nint At(string name) => NativeLibrary.GetExport(library, name);

    static void Check(int state, string what)
    {
        if (state != 0) throw new InvalidOperationException($"DuckDB: {what} failed");
    }
}
