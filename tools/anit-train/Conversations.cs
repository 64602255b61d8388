using Anit.Data;

namespace Anit.Tools.Train;

/// <summary>Tables of conversations: a column <c>messages</c>, each row a list of structs with <c>role</c> and <c>content</c>, as chat datasets
/// have them.</summary>
static class Conversations
{
    const string Column = "messages", Role = "role", Content = "content", Id = "id";

    /// <summary>Whether a table holds conversations rather than instruction rows.</summary>
    public static bool In(Schema schema) => schema.Has(Column) && !schema.Has("instruction");

    /// <summary>Makes sure that the column can be read.</summary>
    /// <exception cref="DataFormatException">It is of another type.</exception>
    public static void Check(Schema schema, string name)
    {
        if (schema[Column].Type is not ListType { Item.Type: StructType turn } || !Has(turn, Role) || !Has(turn, Content))
            throw new DataFormatException($"column \"{Column}\" is {schema[Column].Type}, expected a list of structs with the texts role and content")
                .At(file: name);
        if (schema.Has(Id) && schema[Id].Type.Decoded is not (Utf8Type or NullType))
            throw new DataFormatException($"column \"{Id}\" is {schema[Id].Type}, expected text").At(file: name);
    }

    /// <summary>The conversations of a batch, with their ids: those of the column <c>id</c>, or <c>messages/0</c> by the row's number.</summary>
    /// <param name="batch">The batch, its schema checked.</param>
    /// <param name="first">Number of its first row.</param>
    /// <exception cref="DataFormatException">A role or a content is null.</exception>
    public static IEnumerable<(string Id, ChatTurn[] Turns)> Of(ColumnBatch batch, long first)
    {
        var list = (ListColumn)batch[Column];
        var turns = (StructColumn)list.Items;
        var fields = ((StructType)turns.Type).Fields;
        var (roles, contents) = (turns.Children[Place(fields, Role)], turns.Children[Place(fields, Content)]);
        for (var row = 0; row < batch.Rows; row++)
        {
            var id = batch.Find(Id)?.Text(row) ?? $"{Column}/{first + row}";
            var (from, to) = list.IsNull(row) ? (0, 0) : (list.Offsets[row], list.Offsets[row + 1]);
            string Cell(Column column, int turn, string name) => (turns.IsNull(turn) ? null : column.Text(turn))
                ?? throw new DataFormatException($"row {id}: {name} of message {turn - from + 1} is null, expected text");
            yield return (id, [.. Enumerable.Range(from, to - from).Select(t => new ChatTurn(Cell(roles, t, Role), Cell(contents, t, Content)))]);
        }
    }

    static bool Has(StructType turn, string name) => turn.Fields.Any(f => f.Name == name && f.Type.Decoded is Utf8Type);

    static int Place(IReadOnlyList<Field> fields, string name) => fields.Index().First(f => f.Item.Name == name).Index;
}
