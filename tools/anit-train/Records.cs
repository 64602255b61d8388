using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anit.Tools.Train;

/// <summary><c>train.jsonl</c>: a line for each record, of training or of development rows.</summary>
sealed record Records(IReadOnlyList<TrainLog> Training, IReadOnlyList<DevLog> Development)
{
    /// <summary>The file's name.</summary>
    public const string Name = "train.jsonl";

    static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A record as a line.</summary>
    public static string Line<T>(T record) => JsonSerializer.Serialize(record, Json);

    /// <summary>The records of a file.</summary>
    public static Records Read(string path)
    {
        var (training, development) = (new List<TrainLog>(), new List<DevLog>());
        foreach (var line in File.ReadLines(path))
        {
            using var record = JsonDocument.Parse(line);
            if (IsOfDevelopment(record.RootElement)) development.Add(record.Deserialize<DevLog>(Json)!);
            else training.Add(record.Deserialize<TrainLog>(Json)!);
        }
        return new(training, development);
    }

    /// <summary>Whether a record is about development rows.</summary>
    public static bool IsOfDevelopment(JsonElement record) => record.TryGetProperty("eval_loss", out _);

    /// <summary>The best of the looks at development rows; null without any.</summary>
    public DevLog? Best => Development.LastOrDefault(record => record.Best);
}
