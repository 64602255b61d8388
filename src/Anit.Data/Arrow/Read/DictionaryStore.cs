using System.Runtime.InteropServices;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>The dictionaries of a stream so far: set, replaced or, by deltas, extended.</summary>
/// <remarks>Columns handed out before keep the values they were made with. Text grows in place, so a stream of many small
/// deltas costs no more than its bytes.</remarks>
sealed class DictionaryStore(IReadOnlyDictionary<long, ArrowField> fields, ReadLimits limits)
{
    readonly Dictionary<long, Column> values = [];
    readonly Dictionary<long, GrowingText> growing = [];

    public IReadOnlyDictionary<long, Column> Values => values;

    /// <summary>The dictionaries a schema's fields use, by id.</summary>
    public static Dictionary<long, ArrowField> FieldsOf(IEnumerable<ArrowField> fields)
    {
        var found = new Dictionary<long, ArrowField>();
        foreach (var field in fields) Collect(field, found);
        return found;
    }

    /// <summary>Takes a dictionary batch.</summary>
    public void Add(long id, bool delta, Column more)
    {
        if (!delta)
        {
            growing.Remove(id);
            values[id] = more;
            return;
        }
        if (!values.TryGetValue(id, out var old)) throw new DataFormatException($"a delta to dictionary {id}, which does not exist yet");
        if ((long)old.Length + more.Length > int.MaxValue) throw new DataFormatException($"dictionary {id} grows beyond 2^31 values");
        if (old is Utf8Column && old.NullCount + more.NullCount == 0)
        {
            if (!growing.TryGetValue(id, out var text)) growing[id] = text = new GrowingText((Utf8Column)old, limits);
            values[id] = text.Append((Utf8Column)more);
            return;
        }
        growing.Remove(id);
        try
        {
            var builder = ColumnBuilder.For(old.Type);
            for (var i = 0; i < old.Length; i++) builder.AppendFrom(old, i);
            for (var i = 0; i < more.Length; i++) builder.AppendFrom(more, i);
            values[id] = builder.Build();
        }
        catch (UnsupportedTypeException)
        {
            throw new DataFormatException($"a delta to dictionary {id} of {old.Type}; deltas to such values cannot be read");
        }
    }

    public ArrowField FieldOf(long id) =>
        fields.TryGetValue(id, out var field) ? field : throw new DataFormatException($"a dictionary with id {id}, which no column uses");

    static void Collect(ArrowField field, Dictionary<long, ArrowField> found)
    {
        if (field.Dictionary is { } d && !found.TryAdd(d.Id, field) && SchemaImport.Value(found[d.Id]) != SchemaImport.Value(field))
            throw new DataFormatException($"Arrow schema: '{found[d.Id].Name}' and '{field.Name}' share dictionary {d.Id} but differ in type");
        foreach (var child in field.Children) Collect(child, found);
    }

    sealed class GrowingText
    {
        readonly ReadLimits limits;
        byte[] offsets = new byte[4];
        byte[] data = [];
        int count;

        public GrowingText(Utf8Column start, ReadLimits limits)
        {
            this.limits = limits;
            Append(start);
        }

        // What earlier columns see is never written again: new values lie behind it, or in larger arrays.
        public Utf8Column Append(Utf8Column more)
        {
            var from = more.Offsets;
            var bytes = more.Data.Span[from[0]..from[^1]];
            var end = Numbers[count];
            if ((long)end + bytes.Length > limits.BodyBytes || (long)end + bytes.Length > Array.MaxLength)
                throw ReadLimits.Exceeded("the text of one dictionary", (long)end + bytes.Length, nameof(limits.BodyBytes), limits.BodyBytes);
            var wanted = 4L * (count + more.Length + 1);
            if (wanted > offsets.Length) Array.Resize(ref offsets, (int)Math.Min(Array.MaxLength, Math.Max(2L * offsets.Length, wanted)));
            if (end + bytes.Length > data.Length)
                Array.Resize(ref data, (int)Math.Min(Array.MaxLength, Math.Max(2L * data.Length, end + bytes.Length)));
            bytes.CopyTo(data.AsSpan(end));
            for (var i = 1; i <= more.Length; i++) Numbers[count + i] = end + from[i] - from[0];
            count += more.Length;
            return new Utf8Column(count, offsets.AsMemory(0, 4 * (count + 1)), data.AsMemory(0, Numbers[count]));
        }

        Span<int> Numbers => MemoryMarshal.Cast<byte, int>(offsets.AsSpan());
    }
}
