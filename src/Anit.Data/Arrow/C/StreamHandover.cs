using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.C;

/// <summary>A table that another library pulls, batch by batch, through the C stream interface.</summary>
sealed unsafe class StreamExport
{
    const int InputOutputError = 5, InvalidArgument = 22; // errno(3)

    readonly ITableReader reader;
    readonly IAsyncEnumerator<ColumnBatch> batches;
    byte* message;

    StreamExport(ITableReader reader) => (this.reader, batches) = (reader, reader.ReadBatchesAsync().GetAsyncEnumerator());

    public static void Fill(ITableReader reader, CStream* to)
    {
        *to = default;
        to->GetSchema = &GetSchema;
        to->GetNext = &GetNext;
        to->GetLastError = &GetLastError;
        to->Release = &Release;
        to->Owned = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(new StreamExport(reader)));
        CMemory.CountArrays(1);
    }

    static StreamExport Of(CStream* stream) => (StreamExport)GCHandle.FromIntPtr((nint)stream->Owned).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int GetSchema(CStream* stream, CSchema* to)
    {
        var self = Of(stream);
        try
        {
            SchemaHandover.Export(self.reader.Schema, to);
            return 0;
        }
        catch (Exception e)
        {
            return self.Failed(e); // an exception must not leave managed code
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int GetNext(CStream* stream, CArray* to)
    {
        var self = Of(stream);
        *to = default; // released: the end
        try
        {
            if (self.batches.MoveNextAsync().AsTask().GetAwaiter().GetResult()) ArrayExport.Batch(self.batches.Current, to);
            return 0;
        }
        catch (Exception e)
        {
            return self.Failed(e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static byte* GetLastError(CStream* stream) => Of(stream).message;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Release(CStream* stream)
    {
        var self = Of(stream);
        self.batches.DisposeAsync().AsTask().GetAwaiter().GetResult();
        self.reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        CMemory.Free(self.message);
        GCHandle.FromIntPtr((nint)stream->Owned).Free();
        stream->Release = null;
        CMemory.CountArrays(-1);
    }

    int Failed(Exception e)
    {
        CMemory.Free(message);
        message = CMemory.Text(e.Message);
        return e is IOException ? InputOutputError : InvalidArgument;
    }
}

/// <summary>A table that is pulled from another library through the C stream interface.</summary>
sealed unsafe class StreamImport : ITableReader
{
    readonly CStream* stream;
    readonly ArrowSchema arrow;
    readonly ReadLimits limits;
    readonly string name;
    bool disposed;

    /// <summary>Takes the stream over: the structure it came in is released.</summary>
    public StreamImport(CStream* from, ReadLimits limits, string name)
    {
        if (from->Release is null) throw new ArgumentException("the ArrowArrayStream is released", nameof(from));
        (this.limits, this.name) = (limits, name);
        stream = CMemory.New<CStream>();
        *stream = *from;
        from->Release = null;
        try
        {
            CSchema schema;
            Check(stream->GetSchema(stream, &schema));
            try
            {
                arrow = SchemaHandover.Import(&schema, limits);
                Schema = SchemaImport.Schema(arrow);
            }
            finally
            {
                schema.Release(&schema);
            }
        }
        catch (DataFormatException e)
        {
            Release();
            throw e.At(file: name);
        }
        catch
        {
            Release();
            throw;
        }
    }

    public Schema Schema { get; }

    public IReadOnlyDictionary<string, string> LateMetadata { get; } = new Dictionary<string, string>();

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(disposed, this);
            if (Next() is not { } batch) yield break;
            if (batch.Rows > 0) yield return batch;
        }
    }

    ColumnBatch? Next()
    {
        try
        {
            CArray array;
            Check(stream->GetNext(stream, &array));
            if (array.Release is null) return null;
            try
            {
                return ArrayImport.Batch(&array, arrow, Schema, limits);
            }
            finally
            {
                array.Release(&array);
            }
        }
        catch (DataFormatException e)
        {
            throw e.At(file: name);
        }
    }

    void Check(int error)
    {
        if (error == 0) return;
        var told = stream->GetLastError is null ? null : stream->GetLastError(stream);
        throw new DataFormatException(told is null ? $"the stream failed with error {error}" : $"the stream failed: {CMemory.Read(told)}");
    }

    public ValueTask DisposeAsync()
    {
        if (!disposed) Release();
        return ValueTask.CompletedTask;
    }

    void Release()
    {
        disposed = true;
        if (stream->Release is not null) stream->Release(stream);
        CMemory.Free(stream);
    }
}
