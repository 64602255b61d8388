using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Anit.Tools.Reports;

namespace Anit.Tools.Eval;

/// <summary>The answers one by one, to be filtered and walked through; the script is errors.js, the data compact JSON in the page.</summary>
/// <remarks>The JSON holds names once and numbers in their place. Its encoder escapes all that means something in HTML, so that no text of the data
/// can end the element it stands in; the script makes text nodes of them and never markup.</remarks>
/// <param name="Runs">The runs with their answers.</param>
sealed record ErrorBrowser(IReadOnlyList<(string Name, AnswerLog Log)> Runs) : IPart
{
    /// <summary>The script of the page.</summary>
    public const string Script = "errors.js";

    /// <summary>Its style.</summary>
    public const string Style = "errors.css";

    static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All), SkipValidation = true };

    /// <inheritdoc/>
    public void Write(Markup page)
    {
        page.Open("div", ("id", "errors"));
        page.Add("p", "The answers are shown by a script of this page; allow it to run.", ("class", "note")).Close().Line();
        page.Open("script", ("type", "application/json"), ("id", "answers")).Verbatim(Json()).Close().Line();
    }

    /// <summary>The data.</summary>
    public string Json()
    {
        var (labels, conditions, noises, tasks) = (new Names(), new Names(), new Names(), new Names());
        var rows = new Dictionary<(string, string?, string), int>();
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Compact))
        {
            json.WriteStartObject();
            json.WriteStartArray("answers");
            foreach (var (run, answer) in Runs.SelectMany((run, i) => run.Log.Answers.Select(answer => (i, answer))))
            {
                var row = answer.Made.Row;
                if (!rows.TryGetValue((row.Id, row.Text, row.Task), out var place)) rows[(row.Id, row.Text, row.Task)] = place = rows.Count;
                json.WriteStartArray();
                json.WriteNumberValue(place);
                json.WriteNumberValue(run);
                json.WriteNumberValue(conditions[answer.Made.Condition]);
                json.WriteNumberValue(noises[answer.Noise]);
                json.WriteStringValue(row.Instruction);
                json.WriteStringValue(answer.Made.Text);
                json.WriteNumberValue(answer.Made.Truncated ? 1 : 0);
                foreach (var item in answer.Items) Write(json, item, labels);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartArray("rows");
            foreach (var ((id, text, task), _) in rows.OrderBy(r => r.Value))
            {
                json.WriteStartArray();
                json.WriteStringValue(id);
                json.WriteNumberValue(tasks[task]);
                json.WriteStringValue(text);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            Write(json, "runs", Runs.Select(run => run.Name));
            Write(json, "conditions", conditions.All);
            Write(json, "noises", noises.All);
            Write(json, "tasks", tasks.All);
            Write(json, "labels", labels.All);
            Write(json, "kinds", Enum.GetValues<ItemError>().Select(Word));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>What an error is called.</summary>
    public static string Word(ItemError error) => error switch
    {
        ItemError.None => "right",
        ItemError.Missing => "missing",
        ItemError.Spurious => "spurious",
        ItemError.WrongLabel => "wrong label",
        ItemError.WrongSpan => "wrong span",
        _ => "malformed",
    };

    // [kind, gold label, span, span, predicted label, span, span, piece]; of a right item the gold side alone.
    static void Write(Utf8JsonWriter json, JudgedItem item, Names labels)
    {
        json.WriteStartArray();
        json.WriteNumberValue((int)item.Error);
        Side(item.Gold);
        if (item.Error != ItemError.None)
        {
            Side(item.Predicted);
            if (item.Piece is not null) json.WriteStringValue(item.Piece);
        }
        json.WriteEndArray();

        void Side(AnswerItem? side)
        {
            json.WriteNumberValue(side is { } some ? labels[some.Label] : -1);
            json.WriteStringValue(side?.First ?? "");
            json.WriteStringValue(side?.Second ?? "");
        }
    }

    static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    sealed class Names
    {
        readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

        public IEnumerable<string> All => places.OrderBy(p => p.Value).Select(p => p.Key);

        public int this[string name]
        {
            get
            {
                if (!places.TryGetValue(name, out var place)) places[name] = place = places.Count;
                return place;
            }
        }
    }
}
