using System.Text.Encodings.Web;
using System.Text.Json;

namespace Anit.Samples;

/// <summary>One example, with the columns that every stage of the pipeline reads.</summary>
internal sealed record Row(string Id, string Task, string Instruction, string? Question, string? Format, IReadOnlyList<string>? Options,
    string? Text, string Target)
{
    static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the row as one line of JSON; columns without a value are null, so that every row has all of them.</summary>
    public void WriteTo(Stream output)
    {
        using (var json = new Utf8JsonWriter(output, Plain))
        {
            json.WriteStartObject();
            json.WriteString("id", Id);
            json.WriteString("task", Task);
            json.WriteString("instruction", Instruction);
            json.WriteString("question", Question);
            json.WriteString("format", Format);
            if (Options is null) json.WriteNull("options");
            else
            {
                json.WriteStartArray("options");
                foreach (var option in Options) json.WriteStringValue(option);
                json.WriteEndArray();
            }
            json.WriteString("text", Text);
            json.WriteString("target", Target);
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
    }
}

/// <summary>What a task makes of a text: the answer, its options and the kind of question that suits it.</summary>
internal sealed record Answered(IReadOnlyList<string> Options, string Text, string Target, string? QuestionKind = null);

/// <summary>Instruction, question and format of a row; question and format may be missing.</summary>
internal sealed record Asked(string Instruction, string? Question, string? Format);
