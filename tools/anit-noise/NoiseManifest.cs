using System.Text.Json;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Noise;

/// <summary>The file that says what a run asked for and what came of it.</summary>
static class NoiseManifest
{
    public static void Write(NoiseOptions options, NoiseTally tally)
    {
        using var file = new AtomicFile(options.Manifest!);
        using (var json = new Utf8JsonWriter(file.Stream,
            new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("tool", "anit-noise");
            json.WriteNumber("algorithm", NoiseReceipt.Version(options));
            json.WritePropertyName("options");
            json.WriteRawValue(SortedJson.Write(NoiseReceipt.Options(options)));
            json.WriteNumber("seed", options.Seed);
            tally.Write(json);
            json.WriteEndObject();
        }
        file.Stream.WriteByte((byte)'\n');
        file.Commit();
    }
}
