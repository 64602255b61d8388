using Anit.Data.HuggingFace;

namespace Anit.Data;

/// <summary>Columns chosen, renamed and cast.</summary>
/// <example><code>
/// var map = ColumnMap.All(schema).Rename("text", "sentence").Cast("beta", DataType.Float32).Without("options");
/// await writer.WriteAsync(map.Apply(batch)); // of map.Schema
/// </code></example>
/// <remarks>Hugging Face's description of the columns follows (class labels move with their columns, a cast column gets the description of its type);
/// pandas' is dropped, since its index may be gone. A cast keeps every value exactly or is an error that shows the value.</remarks>
public sealed class ColumnMap
{
    readonly Schema source;
    readonly IReadOnlyList<(int From, Field To)> columns;

    ColumnMap(Schema source, IReadOnlyList<(int From, Field To)> columns) => (this.source, this.columns) = (source, columns);

    /// <summary>All columns as they are.</summary>
    public static ColumnMap All(Schema schema) => new(schema, [.. schema.Fields.Select((field, i) => (i, field))]);

    /// <summary>The columns of the result.</summary>
    public Schema Schema
    {
        get
        {
            var features = HubFeatures.Features(source);
            return HubFeatures.Edited(new(columns.Select(column => column.To), source.Metadata), to =>
            {
                var from = source.Fields[columns.First(column => ReferenceEquals(column.To, to)).From];
                return from.Type == to.Type ? features?[from.Name] : null;
            });
        }
    }

    /// <summary>Only these columns, in this order.</summary>
    public ColumnMap Select(IEnumerable<string> names) => new(source, [.. names.Select(name => columns[IndexOf(name)])]);

    /// <summary>All but these columns.</summary>
    public ColumnMap Without(params IEnumerable<string> names)
    {
        var gone = names.Select(IndexOf).ToHashSet();
        return new(source, [.. columns.Where((_, i) => !gone.Contains(i))]);
    }

    /// <summary>A column under another name.</summary>
    public ColumnMap Rename(string name, string to) => With(IndexOf(name), field => field with { Name = to });

    /// <summary>A column as another type.</summary>
    public ColumnMap Cast(string name, DataType type) => With(IndexOf(name), field => field with { Type = type });

    /// <summary>The rows with these columns.</summary>
    /// <exception cref="DataFormatException">A value that its column's new type cannot hold exactly.</exception>
    public ColumnBatch Apply(ColumnBatch batch) => Apply(batch, Schema);

    /// <summary>The same with the schema made once.</summary>
    public ColumnBatch Apply(ColumnBatch batch, Schema schema)
    {
        var result = new Column[columns.Count];
        for (var i = 0; i < result.Length; i++)
        {
            try
            {
                result[i] = batch.Columns[columns[i].From].To(columns[i].To.Type);
            }
            catch (DataFormatException lost)
            {
                throw lost.At(column: source.Fields[columns[i].From].Name);
            }
        }
        return new(schema, result, batch.Rows);
    }

    ColumnMap With(int at, Func<Field, Field> change) =>
        new(source, [.. columns.Select((column, i) => i == at ? (column.From, change(column.To)) : column)]);

    int IndexOf(string name)
    {
        for (var i = 0; i < columns.Count; i++)
            if (columns[i].To.Name == name) return i;
        throw new Schema(columns.Select(column => column.To)).NoColumn(name);
    }
}
