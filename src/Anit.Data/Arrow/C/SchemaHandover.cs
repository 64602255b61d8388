using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.C;

/// <summary>Schemas from and to the C data interface: a table's columns are the children of a struct.</summary>
static unsafe class SchemaHandover
{
    const int MostFields = 1 << 20;

    public static void Export(Schema schema, CSchema* to)
    {
        var arrow = SchemaExport.Schema(schema);
        // Formats that cannot be handed over show before any memory is taken.
        var columns = new ArrowField("", false, new ArrowType(ArrowKind.Struct), arrow.Fields) { Metadata = arrow.Metadata };
        Check(columns);
        Fill(columns, to);
    }

    static void Check(ArrowField field)
    {
        TypeFormat.Of(field.Type);
        foreach (var child in field.Children) Check(child);
    }

    static void Fill(ArrowField field, CSchema* to)
    {
        *to = default;
        to->Format = CMemory.Text(TypeFormat.Of(field.Dictionary?.Index ?? field.Type));
        to->Name = CMemory.Text(field.Name);
        to->Metadata = Metadata(field.Metadata);
        to->Flags = (field.Nullable ? CSchema.IsNullable : 0) | (field.Dictionary is { Ordered: true } ? CSchema.IsOrdered : 0)
            | (field.Type.KeysSorted ? CSchema.HasSortedKeys : 0);
        if (field.Dictionary is not null)
        {
            to->Dictionary = CMemory.New<CSchema>();
            Fill(field with { Name = "", Dictionary = null, Metadata = new Dictionary<string, string>(), Nullable = true }, to->Dictionary);
        }
        else
        {
            to->ChildCount = field.Children.Count;
            to->Children = CMemory.Pointers<CSchema>(field.Children.Count);
            for (var i = 0; i < field.Children.Count; i++) Fill(field.Children[i], to->Children[i] = CMemory.New<CSchema>());
        }
        to->Release = &Release;
        CMemory.CountSchemas(1);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Release(CSchema* schema)
    {
        for (var i = 0; i < schema->ChildCount; i++) End(schema->Children[i]);
        if (schema->Dictionary is not null) End(schema->Dictionary);
        CMemory.Free(schema->Format);
        CMemory.Free(schema->Name);
        CMemory.Free(schema->Metadata);
        CMemory.Free(schema->Children);
        schema->Release = null;
        CMemory.CountSchemas(-1);

        static void End(CSchema* child)
        {
            if (child->Release is not null) child->Release(child); // else it was taken out
            CMemory.Free(child);
        }
    }

    // The number of pairs, then for each key and value its length and bytes.
    static byte* Metadata(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0) return null;
        var buffer = new ByteBuffer();
        buffer.AppendValue(metadata.Count);
        foreach (var (key, value) in metadata)
        {
            Append(key);
            Append(value ?? "");
        }
        var to = (byte*)NativeMemory.Alloc((nuint)buffer.Length);
        buffer.Written.CopyTo(new Span<byte>(to, buffer.Length));
        return to;

        void Append(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            buffer.AppendValue(bytes.Length);
            buffer.Append(bytes);
        }
    }

    /// <summary>The columns that a struct's children describe; every dictionary gets an id in depth-first order.</summary>
    public static ArrowSchema Import(CSchema* schema, ReadLimits limits)
    {
        if (schema->Release is null) throw new ArgumentException("the ArrowSchema is released", nameof(schema));
        if (CMemory.Read(schema->Format) is not "+s" and var format)
            throw new DataFormatException($"a struct of columns was expected, and the ArrowSchema is of type \"{format}\"");
        long ids = 0;
        var left = MostFields;
        var columns = Field(schema, ref ids, ref left, limits.Depth);
        return new ArrowSchema(columns.Children) { Metadata = columns.Metadata };
    }

    static ArrowField Field(CSchema* schema, ref long ids, ref int left, int depth)
    {
        if (depth == 0 || --left < 0) throw new LimitExceededException("an ArrowSchema nested or as long as no table's");
        var (type, name) = (TypeFormat.Parse(CMemory.Read(schema->Format)), CMemory.Read(schema->Name));
        var metadata = ReadMetadata(schema->Metadata);
        var nullable = (schema->Flags & CSchema.IsNullable) != 0;
        if (schema->Dictionary is not null)
        {
            if (type.Kind != ArrowKind.Int) throw new DataFormatException($"dictionary '{name}' has indices of {type.Kind}");
            var id = ids++;
            var values = Field(schema->Dictionary, ref ids, ref left, depth - 1);
            if (values.Dictionary is not null) throw new DataFormatException($"dictionary '{name}' of a dictionary, which Arrow does not have");
            return values with
            {
                Name = name, Nullable = nullable, Metadata = metadata,
                Dictionary = new(id, type, (schema->Flags & CSchema.IsOrdered) != 0),
            };
        }
        var children = new ArrowField[checked((int)schema->ChildCount)];
        for (var i = 0; i < children.Length; i++) children[i] = Field(schema->Children[i], ref ids, ref left, depth - 1);
        if (SchemaReading.Expected(type.Kind) is { } expected && children.Length != expected)
            throw new DataFormatException($"field '{name}' of type {type.Kind} has {children.Length} children instead of {expected}");
        type = type with { KeysSorted = (schema->Flags & CSchema.HasSortedKeys) != 0 };
        return new ArrowField(name, nullable, type, children) { Metadata = metadata };
    }

    static Dictionary<string, string> ReadMetadata(byte* from)
    {
        var pairs = new Dictionary<string, string>();
        if (from is null) return pairs;
        var count = Next(ref from);
        for (var i = 0; i < count; i++)
        {
            var key = Text(ref from);
            pairs[key] = Text(ref from);
        }
        return pairs;

        static int Next(ref byte* at)
        {
            var value = BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(at, sizeof(int)));
            at += sizeof(int);
            return value;
        }

        static string Text(ref byte* at)
        {
            var length = Next(ref at);
            var text = Encoding.UTF8.GetString(at, length);
            at += length;
            return text;
        }
    }
}
