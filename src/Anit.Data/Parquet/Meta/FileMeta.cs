using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Meta;

/// <summary>parquet.thrift's FileMetaData: the footer, as far as we use it.</summary>
sealed class FileMeta
{
    public int Version;
    public List<SchemaElement> Schema = [];
    public long Rows;
    public List<RowGroup> RowGroups = [];
    public Dictionary<string, string> KeyValues = new(StringComparer.Ordinal);
    public string CreatedBy = "";

    /// <summary>Columns whose order is given: without it their bounds mean nothing.</summary>
    public int Ordered;

    public static FileMeta Read(ReadOnlySpan<byte> footer, ReadLimits limits)
    {
        var r = new CompactReader(footer, limits);
        var meta = new FileMeta();
        var rowsGiven = false;
        r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1: meta.Version = r.Int32(type); break;
                case 2:
                    for (var n = r.List(type, Wire.Struct); n > 0; n--) meta.Schema.Add(SchemaElement.Read(ref r));
                    break;
                case 3:
                    meta.Rows = r.Int64(type);
                    rowsGiven = true;
                    break;
                case 4:
                    for (var n = r.List(type, Wire.Struct); n > 0; n--) meta.RowGroups.Add(RowGroup.Read(ref r));
                    break;
                case 5:
                    for (var n = r.List(type, Wire.Struct); n > 0; n--) meta.KeyValue(ref r);
                    break;
                case 6: meta.CreatedBy = r.Text(type); break;
                case 7:
                    meta.Ordered = r.List(type, Wire.Struct);
                    for (var n = meta.Ordered; n > 0; n--) r.Skip(Wire.Struct);
                    break;
                case 8: throw new DataFormatException("the columns are encrypted; encryption is not supported");
                default: r.Skip(type); break;
            }
        }
        if (meta.Schema.Count == 0) throw new DataFormatException("the footer has no schema");
        if (!rowsGiven) throw new DataFormatException("the footer does not say how many rows there are");
        return meta;
    }

    void KeyValue(ref CompactReader r)
    {
        var (key, value) = ("", (string?)null);
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1: key = r.Text(type); break;
                case 2: value = r.Text(type); break;
                default: r.Skip(type); break;
            }
        }
        r.End(outer);
        KeyValues[key] = value!;
    }

    public void Write(CompactWriter w)
    {
        w.Begin();
        w.Int32(1, Version);
        w.List(2, Wire.Struct, Schema.Count);
        foreach (var element in Schema) element.Write(w);
        w.Int64(3, Rows);
        w.List(4, Wire.Struct, RowGroups.Count);
        foreach (var group in RowGroups) group.Write(w);
        if (KeyValues.Count > 0)
        {
            w.List(5, Wire.Struct, KeyValues.Count);
            foreach (var (key, value) in KeyValues)
            {
                w.Begin();
                w.Text(1, key);
                if (value is not null) w.Text(2, value);
                w.End();
            }
        }
        w.Text(6, CreatedBy);
        // Readers ignore min and max of columns whose order is not given: all are in type-defined order.
        w.List(7, Wire.Struct, RowGroups.Count > 0 ? RowGroups[0].Chunks.Count : Schema.Count(e => e.Type is not null));
        for (var n = RowGroups.Count > 0 ? RowGroups[0].Chunks.Count : Schema.Count(e => e.Type is not null); n > 0; n--)
        {
            w.Begin();
            w.EmptyStruct(1);
            w.End();
        }
        w.End();
    }
}

/// <summary>One node of the schema tree, listed depth first.</summary>
sealed class SchemaElement
{
    public PhysicalType? Type;
    public int TypeLength;
    public Repetition? Repetition;
    public string Name = "";
    public int Children;
    public ConvertedType Converted = ConvertedType.None;
    public int Scale, Precision;
    public int? FieldId;
    public LogicalKind Logical;
    public TimeUnit Unit;
    public bool Instant;
    public int Bits;
    public bool Signed;

    public static SchemaElement Read(ref CompactReader r)
    {
        var e = new SchemaElement();
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1: e.Type = (PhysicalType)r.Int32(type); break;
                case 2: e.TypeLength = r.Int32(type); break;
                case 3: e.Repetition = (Repetition)r.Int32(type); break;
                case 4: e.Name = r.Text(type); break;
                case 5: e.Children = r.Int32(type); break;
                case 6: e.Converted = (ConvertedType)r.Int32(type); break;
                case 7: e.Scale = r.Int32(type); break;
                case 8: e.Precision = r.Int32(type); break;
                case 9: e.FieldId = r.Int32(type); break;
                case 10 when type == Wire.Struct: e.ReadLogical(ref r); break;
                default: r.Skip(type); break;
            }
        }
        r.End(outer);
        return e;
    }

    void ReadLogical(ref CompactReader r)
    {
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            Logical = (LogicalKind)id;
            if (type != Wire.Struct) throw new DataFormatException($"the logical type of '{Name}' is not a structure");
            var inner = r.Begin();
            while (r.Next(out var member, out var wire))
            {
                switch (Logical, member)
                {
                    case (LogicalKind.Decimal, 1): Scale = r.Int32(wire); break;
                    case (LogicalKind.Decimal, 2): Precision = r.Int32(wire); break;
                    case (LogicalKind.Time or LogicalKind.Timestamp, 1): Instant = CompactReader.Bool(wire); break;
                    case (LogicalKind.Time or LogicalKind.Timestamp, 2): Unit = ReadUnit(ref r, wire); break;
                    case (LogicalKind.Integer, 1): Bits = r.Int32(wire); break;
                    case (LogicalKind.Integer, 2): Signed = CompactReader.Bool(wire); break;
                    default: r.Skip(wire); break;
                }
            }
            r.End(inner);
        }
        r.End(outer);
    }

    static TimeUnit ReadUnit(ref CompactReader r, Wire type)
    {
        if (type != Wire.Struct) throw new DataFormatException("a time unit is not a structure");
        var unit = TimeUnit.Second;
        var outer = r.Begin();
        while (r.Next(out var id, out var wire))
        {
            unit = id is >= 1 and <= 3 ? (TimeUnit)id : throw new DataFormatException($"an unknown time unit {id}");
            r.Skip(wire);
        }
        r.End(outer);
        return unit == TimeUnit.Second ? throw new DataFormatException("a time without its unit") : unit;
    }

    public void Write(CompactWriter w)
    {
        w.Begin();
        if (Type is { } type) w.Int32(1, (int)type);
        if (Type == PhysicalType.FixedLenByteArray) w.Int32(2, TypeLength);
        if (Repetition is { } repetition) w.Int32(3, (int)repetition);
        w.Text(4, Name);
        if (Type is null || Children > 0) w.Int32(5, Children);
        if (Converted != ConvertedType.None) w.Int32(6, (int)Converted);
        if (Logical == LogicalKind.Decimal)
        {
            w.Int32(7, Scale);
            w.Int32(8, Precision);
        }
        if (FieldId is { } id) w.Int32(9, id);
        if (Logical != LogicalKind.None) WriteLogical(w);
        w.End();
    }

    void WriteLogical(CompactWriter w)
    {
        w.Struct(10);
        w.Struct((int)Logical);
        switch (Logical)
        {
            case LogicalKind.Decimal:
                w.Int32(1, Scale);
                w.Int32(2, Precision);
                break;
            case LogicalKind.Time or LogicalKind.Timestamp:
                w.Bool(1, Instant);
                w.Struct(2);
                w.EmptyStruct((int)Unit);
                w.End();
                break;
            case LogicalKind.Integer:
                w.Int8(1, (sbyte)Bits);
                w.Bool(2, Signed);
                break;
        }
        w.End();
        w.End();
    }
}
