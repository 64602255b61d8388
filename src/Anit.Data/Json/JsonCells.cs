using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Anit.Data.Json;

/// <summary>Appends JSON values to typed builders.</summary>
/// <param name="limits">Bounds on a cell.</param>
/// <param name="given">The builders whose types were named: they take what can be read as their type.</param>
/// <param name="inferred">Whether the other types were inferred: then a double takes no integer whose digits it would lose.</param>
sealed class JsonCells(ReadLimits limits, IReadOnlySet<ColumnBuilder>? given = null, bool inferred = false)
{
    readonly bool anyGiven = given is { Count: > 0 };

    /// <summary>Appends the members of one object, the reader standing on its brace; members that are missing are null.</summary>
    /// <param name="json">Stands on the opening brace, afterwards on the closing one.</param>
    /// <param name="fields">The members there are.</param>
    /// <param name="builders">One a member.</param>
    /// <param name="path">Of the object, for messages.</param>
    /// <param name="unknown">Called with the name of a member that is not among the fields; null skips such members.</param>
    public void Object(
        ref Utf8JsonReader json, IReadOnlyList<Field> fields, IReadOnlyList<ColumnBuilder> builders, string path, Func<string, Exception>? unknown)
    {
        var rows = builders.Count > 0 ? builders[0].Length : 0;
        for (var i = 1; i < builders.Count; i++) rows = Math.Min(rows, builders[i].Length);
        var next = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var at = Find(ref json, fields, next);
            if (at < 0)
            {
                if (unknown is not null) throw unknown(json.GetString()!);
                json.Skip();
                continue;
            }
            next = at + 1;
            if (builders[at].Length > rows)
                throw new DataFormatException($"the member '{fields[at].Name}' appears twice in one object").At(column: path);
            json.Read();
            Value(ref json, builders[at], path.Length == 0 ? fields[at].Name : $"{path}.{fields[at].Name}");
        }
        foreach (var builder in builders)
            if (builder.Length == rows) builder.AppendNull();
    }

    /// <summary>Members mostly come in the order of the row before: look there first.</summary>
    static int Find(ref Utf8JsonReader json, IReadOnlyList<Field> fields, int next)
    {
        if (next < fields.Count && json.ValueTextEquals(fields[next].Name)) return next;
        for (var i = 0; i < fields.Count; i++)
            if (json.ValueTextEquals(fields[i].Name)) return i;
        return -1;
    }

    void Value(ref Utf8JsonReader json, ColumnBuilder builder, string path)
    {
        if (json.TokenType == JsonTokenType.Null) builder.AppendNull();
        else if (anyGiven && given!.Contains(builder)) Given(ref json, builder, path);
        else Plain(ref json, builder, path);
    }

    /// <summary>Text takes anything as it stands; other types take text that reads like a value of theirs.</summary>
    void Given(ref Utf8JsonReader json, ColumnBuilder builder, string path)
    {
        var isText = json.TokenType == JsonTokenType.String;
        switch (builder)
        {
            case Utf8Builder or DictionaryBuilder when !isText:
                using (var value = JsonDocument.ParseValue(ref json)) Append(builder, Encoding.UTF8.GetBytes(value.RootElement.GetRawText()));
                return;
            case { Type: IntType or FloatType or BoolType } when isText && json.GetString() is not ("NaN" or "Infinity" or "-Infinity"):
                var inner = new Utf8JsonReader(Text(ref json, builder, path));
                try
                {
                    inner.Read();
                    if (inner.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False) Plain(ref inner, builder, path);
                    else throw Unfit(ref json, builder, path);
                }
                catch (JsonException)
                {
                    throw Unfit(ref json, builder, path);
                }
                return;
            default:
                Plain(ref json, builder, path);
                return;
        }
    }

    static void Append(ColumnBuilder builder, byte[] text)
    {
        if (builder is Utf8Builder plain) plain.Append(text);
        else ((DictionaryBuilder)builder).Append(text);
    }

    void Plain(ref Utf8JsonReader json, ColumnBuilder builder, string path)
    {
        switch (builder)
        {
            case Utf8Builder or DictionaryBuilder: Append(builder, Text(ref json, builder, path)); break;
            case BoolBuilder b when json.TokenType is JsonTokenType.True or JsonTokenType.False: b.Append(json.GetBoolean()); break;
            case FixedBuilder<long> { Type: IntType } b: b.Append(IsNumber(ref json) && json.TryGetInt64(out var i64) ? i64
                : throw Unfit(ref json, b, path)); break;
            case FixedBuilder<ulong> b: b.Append(IsNumber(ref json) && json.TryGetUInt64(out var u64) ? u64 : throw Unfit(ref json, b, path)); break;
            case FixedBuilder<int> { Type: IntType } b: b.Append(IsNumber(ref json) && json.TryGetInt32(out var i32) ? i32
                : throw Unfit(ref json, b, path)); break;
            case FixedBuilder<short> b: b.Append(IsNumber(ref json) && json.TryGetInt16(out var i16) ? i16 : throw Unfit(ref json, b, path)); break;
            case FixedBuilder<sbyte> b: b.Append(IsNumber(ref json) && json.TryGetSByte(out var i8) ? i8 : throw Unfit(ref json, b, path)); break;
            case FixedBuilder<uint> b: b.Append(IsNumber(ref json) && json.TryGetUInt32(out var u32) ? u32 : throw Unfit(ref json, b, path)); break;
            case FixedBuilder<ushort> b: b.Append(IsNumber(ref json) && json.TryGetUInt16(out var u16) ? u16 : throw Unfit(ref json, b, path)); break;
            case FixedBuilder<byte> b: b.Append(IsNumber(ref json) && json.TryGetByte(out var u8) ? u8 : throw Unfit(ref json, b, path)); break;
            case { Type: DecimalType } when json.TokenType is JsonTokenType.Number or JsonTokenType.String:
                if (!JsonNumbers.TryAppendDecimal(builder, json.ValueSpan)) throw Unfit(ref json, builder, path);
                break;
            case FixedBuilder<double> b: b.Append(Double(ref json, b, path)); break;
            case FixedBuilder<float> b: b.Append((float)Double(ref json, b, path)); break;
            case BinaryBuilder b: b.Append(json.TokenType == JsonTokenType.String && json.TryGetBytesFromBase64(out var bytes) ? bytes
                : throw Unfit(ref json, b, path)); break;
            case FixedBuilder<int> { Type: DateType } b: b.Append((int)Days(ref json, b, path)); break;
            case FixedBuilder<long> { Type: TimestampType t } b: b.Append(Ticks(ref json, t, b, path)); break;
            case ListBuilder b when json.TokenType == JsonTokenType.StartArray:
                while (json.Read() && json.TokenType != JsonTokenType.EndArray) Value(ref json, b.Items, $"{path}.element");
                b.EndList();
                break;
            case StructBuilder b when json.TokenType == JsonTokenType.StartObject:
                Object(ref json, ((StructType)b.Type).Fields, b.Children, path, name =>
                    new DataFormatException($"the member '{name}' is not in {b.Type}; name its type (anit-data convert --type {path}.{name}=text) if "
                        + "rows may have it")
                    .At(column: path));
                b.EndStruct();
                break;
            default: throw Unfit(ref json, builder, path);
        }
    }

    static bool IsNumber(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Number;

    byte[] Text(ref Utf8JsonReader json, ColumnBuilder builder, string path)
    {
        if (json.TokenType != JsonTokenType.String) throw Unfit(ref json, builder, path);
        var length = json.HasValueSequence ? json.ValueSequence.Length : json.ValueSpan.Length;
        if (length > limits.CellBytes)
            throw ReadLimits.Exceeded("the length of a cell", length, nameof(limits.CellBytes), limits.CellBytes).At(column: path);
        var text = new byte[length];
        return text[..json.CopyString(text)];
    }

    double Double(ref Utf8JsonReader json, ColumnBuilder builder, string path)
    {
        if (json.TokenType == JsonTokenType.Number)
        {
            var value = json.GetDouble();
            if (double.IsInfinity(value)) throw Unfit(ref json, builder, path);
            if (inferred && !JsonNumbers.Keeps(value, json.ValueSpan) && given?.Contains(builder) != true)
                throw JsonNumbers.Rounded(json.ValueSpan, path);
            return value;
        }
        if (json.TokenType != JsonTokenType.String) throw Unfit(ref json, builder, path);
        return json.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw Unfit(ref json, builder, path),
        };
    }

    static long Days(ref Utf8JsonReader json, ColumnBuilder builder, string path) =>
        json.TokenType == JsonTokenType.String
            && DateOnly.TryParseExact(json.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date.DayNumber - new DateOnly(1970, 1, 1).DayNumber : throw Unfit(ref json, builder, path);

    static long Ticks(ref Utf8JsonReader json, TimestampType type, ColumnBuilder builder, string path)
    {
        if (json.TokenType != JsonTokenType.String || !DateTime.TryParse(
            json.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            throw Unfit(ref json, builder, path);
        Int128 ticks = (time - DateTime.UnixEpoch).Ticks;
        return (long)(ticks * CalendarText.TicksPerSecond(type.Unit) / TimeSpan.TicksPerSecond);
    }

    static DataFormatException Unfit(ref Utf8JsonReader json, ColumnBuilder builder, string path) =>
        new DataFormatException($"found a JSON {JsonTypes.Word(json.TokenType)}{Shown(ref json)} that is no {builder.Type}; "
            + $"correct the row, or name the column's type (anit-data convert --type {path}=text)").At(column: path);

    static string Shown(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number ? $" {Encoding.UTF8.GetString(json.ValueSpan.Length > 40 ? json.ValueSpan[..40] : json.ValueSpan)}"
            : "";
}
