using System.Collections;
using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Anit.Data;

/// <summary>A table as ADO.NET's reader of rows.</summary>
sealed class TableDataReader : DbDataReader
{
    readonly ITableReader reader;
    readonly Schema schema;
    readonly IAsyncEnumerator<ColumnBatch> batches;
    ColumnBatch? batch;
    int row = -1;
    bool ahead, ended, closed; // ahead: a batch was fetched and none of its rows read

    /// <summary>Reads the rows of a table, which it then owns.</summary>
    public TableDataReader(ITableReader reader)
    {
        (this.reader, schema) = (reader, reader.Schema);
        batches = reader.ReadBatchesAsync().GetAsyncEnumerator();
    }

    /// <inheritdoc/>
    public override int FieldCount => schema.Fields.Count;

    /// <inheritdoc/>
    public override bool HasRows => batch is not null || ahead || FetchAsync(default).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override bool IsClosed => closed;

    /// <inheritdoc/>
    public override int Depth => 0;

    /// <inheritdoc/>
    public override int RecordsAffected => -1;

    /// <inheritdoc/>
    public override object this[int ordinal] => GetValue(ordinal);

    /// <inheritdoc/>
    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <inheritdoc/>
    public override bool Read() => ReadAsync(default).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        if (!ahead && batch is not null && ++row < batch.Rows) return true;
        if (!ahead && !await FetchAsync(cancellationToken).ConfigureAwait(false)) return false;
        (ahead, row) = (false, 0);
        return true;
    }

    async ValueTask<bool> FetchAsync(CancellationToken stop)
    {
        batch = null;
        while (!ended)
        {
            stop.ThrowIfCancellationRequested();
            ended = !await batches.MoveNextAsync().ConfigureAwait(false);
            if (ended || batches.Current.Rows == 0) continue;
            (batch, row, ahead) = (batches.Current, -1, true);
            return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public override bool NextResult() => false;

    /// <inheritdoc/>
    public override string GetName(int ordinal) => schema.Fields[ordinal].Name;

    /// <inheritdoc/>
    public override int GetOrdinal(string name)
    {
        if (schema.IndexOf(name) is >= 0 and var exact) return exact;
        for (var i = 0; i < FieldCount; i++)
            if (GetName(i).Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        throw schema.NoColumn(name);
    }

    /// <inheritdoc/>
    public override Type GetFieldType(int ordinal) => CellObjects.TypeOf(schema.Fields[ordinal].Type);

    /// <inheritdoc/>
    public override string GetDataTypeName(int ordinal) => schema.Fields[ordinal].Type.ToString();

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => Column(ordinal).IsNull(row);

    /// <inheritdoc/>
    public override object GetValue(int ordinal) => Column(ordinal).Value(row) ?? DBNull.Value;

    /// <inheritdoc/>
    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, FieldCount);
        for (var i = 0; i < count; i++) values[i] = GetValue(i);
        return count;
    }

    /// <inheritdoc/>
    public override T GetFieldValue<T>(int ordinal) => Present(ordinal) switch
    {
        T value => value,
        DateTime day when typeof(T) == typeof(DateOnly) => (T)(object)DateOnly.FromDateTime(day),
        DateTime at when typeof(T) == typeof(DateTimeOffset) && at.Kind == DateTimeKind.Utc => (T)(object)new DateTimeOffset(at),
        TimeSpan time when typeof(T) == typeof(TimeOnly) => (T)(object)TimeOnly.FromTimeSpan(time),
        byte[] bytes when typeof(T) == typeof(Stream) => (T)(object)new MemoryStream(bytes, writable: false),
        object?[] items when typeof(T).IsArray => (T)(object)Items(items, typeof(T).GetElementType()!),
        var value => (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture),
    };

    static Array Items(object?[] items, Type type)
    {
        var array = Array.CreateInstance(type, items.Length);
        for (var i = 0; i < items.Length; i++) array.SetValue(items[i], i);
        return array;
    }

    /// <inheritdoc/>
    public override string GetString(int ordinal)
    {
        var column = Column(ordinal);
        return column.IsNull(row) ? throw Null(ordinal) : Encoding.UTF8.GetString(TextCasts.Bytes(column, row));
    }

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => (bool)Present(ordinal);

    /// <inheritdoc/>
    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => Convert.ToInt64(Present(ordinal), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => Convert.ToDouble(Present(ordinal), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal) => Convert.ToDecimal(Present(ordinal), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => (DateTime)Present(ordinal);

    /// <summary>A UUID from its 16 bytes, most significant first, or from text.</summary>
    public override Guid GetGuid(int ordinal) => Present(ordinal) is byte[] bytes ? new Guid(bytes, bigEndian: true) : Guid.Parse(GetString(ordinal));

    /// <inheritdoc/>
    public override char GetChar(int ordinal) => GetString(ordinal) is [var letter] ? letter
        : throw new InvalidCastException($"column '{GetName(ordinal)}' does not hold a single character");

    /// <inheritdoc/>
    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        Part((byte[])Present(ordinal), dataOffset, buffer, bufferOffset, length);

    /// <inheritdoc/>
    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        Part(GetString(ordinal).ToCharArray(), dataOffset, buffer, bufferOffset, length);

    static long Part<T>(T[] all, long from, T[]? to, int at, int length)
    {
        if (to is null) return all.Length;
        var count = (int)Math.Min(Math.Max(0, all.Length - from), Math.Min(length, to.Length - at));
        Array.Copy(all, from, to, at, count);
        return count;
    }

    /// <inheritdoc/>
    public override IEnumerator GetEnumerator() => new DbEnumerator(this, closeReader: false);

    /// <summary>One row a column, under the names that <c>DataTable.Load</c> and bulk copies look for.</summary>
    public override DataTable GetSchemaTable()
    {
        var table = new DataTable("SchemaTable") { Locale = CultureInfo.InvariantCulture };
        (string Name, Type Type)[] columns =
        [
            (SchemaTableColumn.ColumnName, typeof(string)), (SchemaTableColumn.ColumnOrdinal, typeof(int)),
            (SchemaTableColumn.ColumnSize, typeof(int)),
            (SchemaTableColumn.NumericPrecision, typeof(short)), (SchemaTableColumn.NumericScale, typeof(short)),
            (SchemaTableColumn.DataType, typeof(Type)), (SchemaTableColumn.AllowDBNull, typeof(bool)), (SchemaTableColumn.IsLong, typeof(bool)),
            (SchemaTableColumn.IsUnique, typeof(bool)), (SchemaTableColumn.IsKey, typeof(bool)),
            (SchemaTableOptionalColumn.IsReadOnly, typeof(bool)), ("DataTypeName", typeof(string)),
        ];
        foreach (var (name, type) in columns) table.Columns.Add(name, type);
        for (var i = 0; i < FieldCount; i++)
        {
            var (field, digits) = (schema.Fields[i], schema.Fields[i].Type as DecimalType);
            object precision = digits is null ? DBNull.Value : (short)digits.Precision, scale = digits is null ? DBNull.Value : (short)digits.Scale;
            table.Rows.Add(field.Name, i, -1, precision, scale, GetFieldType(i), field.Nullable, false, false, false, true, GetDataTypeName(i));
        }
        return table;
    }

    /// <inheritdoc/>
    public override void Close() => CloseAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task CloseAsync()
    {
        if (closed) return;
        closed = true;
        await batches.DisposeAsync().ConfigureAwait(false);
        await reader.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) Close();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    Column Column(int ordinal)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        return batch is not null && !ahead ? batch.Columns[ordinal] : throw new InvalidOperationException("there is no row; call Read first");
    }

    object Present(int ordinal) => Column(ordinal).Value(row) ?? throw Null(ordinal);

    InvalidCastException Null(int ordinal) => new($"column '{GetName(ordinal)}' is null in this row; ask IsDBNull first");
}
