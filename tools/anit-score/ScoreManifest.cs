using System.Text.Json;
using Anit.Data;

namespace Anit.Tools.Score;

/// <summary>The file that says what a dataset scored.</summary>
static class ScoreManifest
{
    public static void Write(ScoreOptions options, DistortionFacts facts, IScoring scoring)
    {
        using var file = new AtomicFile(options.Manifest!);
        using (var json = new Utf8JsonWriter(file.Stream, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("tool", "anit-score");
            json.WriteNumber("algorithm", ScoreTransform.Version);
            json.WritePropertyName("distortion");
            json.WriteRawValue(facts.ToJson());
            if (scoring is RbeScoring rbe)
            {
                json.WriteStartObject("histogram");
                foreach (var (distance, count) in rbe.Histogram) json.WriteNumber($"{distance}", count);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        file.Stream.WriteByte((byte)'\n');
        file.Commit();
    }
}
