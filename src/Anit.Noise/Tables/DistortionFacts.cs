using System.Text;
using System.Text.Json;

namespace Anit.Noise.Tables;

/// <summary>What a scored dataset says about itself in the metadata entry <c>anit.distortion</c>.</summary>
public sealed record DistortionFacts
{
    /// <summary>The metadata key.</summary>
    public const string Key = "anit.distortion";

    /// <summary><c>rbe</c> (words) or <c>lme</c> (vectors).</summary>
    public required string Method { get; init; }

    /// <summary>beta, the mean distortion of the noisy rows.</summary>
    public required double Beta { get; init; }

    /// <summary>Noisy rows, n.</summary>
    public required long Rows { get; init; }

    /// <summary>Whose beta the noisy rows carry.</summary>
    public required BetaScope Scope { get; init; }

    /// <summary>rbe: how distances were normalised.</summary>
    public Normalization? Normalize { get; init; }

    /// <summary>rbe: sum of the distances; with n, d_min and d_max it lets parts of a dataset be merged exactly.</summary>
    public long? Sum { get; init; }

    /// <summary>rbe: d_min of the scale.</summary>
    public int? Min { get; init; }

    /// <summary>rbe: d_max of the scale.</summary>
    public int? Max { get; init; }

    /// <summary>rbe: all distances were equal, and d / max(n, n') stands in for Eq. 1.</summary>
    public bool Degenerate { get; init; }

    /// <summary>rbe: the scale is another dataset's.</summary>
    public bool Stored { get; init; }

    /// <summary>lme: sum of the distortions.</summary>
    public double? DistortionSum { get; init; }

    /// <summary>lme: whose vectors.</summary>
    public string? Embedder { get; init; }

    /// <summary>As JSON, keys in ordinal order.</summary>
    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("beta", Beta);
            if (Max is { } max) json.WriteNumber("d_max", max);
            if (Min is { } min) json.WriteNumber("d_min", min);
            if (Degenerate) json.WriteBoolean("degenerate", true);
            if (Embedder is not null) json.WriteString("embedder", Embedder);
            json.WriteString("method", Method);
            json.WriteNumber("n", Rows);
            if (Normalize is { } normalize) json.WriteString("normalize", Name(normalize));
            json.WriteString("scope", Name(Scope));
            if (Stored) json.WriteBoolean("stored_scale", true);
            if (Sum is { } words) json.WriteNumber("sum_d", words);
            if (DistortionSum is { } sum) json.WriteNumber("sum_distortion", sum);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static DistortionFacts FromJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var o = json.RootElement;
            return new()
            {
                Method = o.GetProperty("method").GetString()!,
                Beta = o.GetProperty("beta").GetDouble(),
                Rows = o.GetProperty("n").GetInt64(),
                Scope = Enum.Parse<BetaScope>(o.GetProperty("scope").GetString()!, ignoreCase: true),
                Normalize = o.TryGetProperty("normalize", out var n) ? Enum.Parse<Normalization>(n.GetString()!, ignoreCase: true) : null,
                Sum = o.TryGetProperty("sum_d", out var sum) ? sum.GetInt64() : null,
                Min = o.TryGetProperty("d_min", out var min) ? min.GetInt32() : null,
                Max = o.TryGetProperty("d_max", out var max) ? max.GetInt32() : null,
                Degenerate = o.TryGetProperty("degenerate", out var d) && d.GetBoolean(),
                Stored = o.TryGetProperty("stored_scale", out var s) && s.GetBoolean(),
                DistortionSum = o.TryGetProperty("sum_distortion", out var sd) ? sd.GetDouble() : null,
                Embedder = o.TryGetProperty("embedder", out var e) ? e.GetString() : null,
            };
        }
        catch (Exception error) when (
            error is JsonException or KeyNotFoundException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"metadata \"{Key}\" is not what anit-score writes; score the table again");
        }
    }

    /// <summary>The scale of an rbe score, for later data.</summary>
    /// <exception cref="InvalidDataException">There is none, or it cannot be carried over.</exception>
    public DistanceScale ToScale() => this switch
    {
        { Method: "rbe", Normalize: Normalization.Rank } =>
            throw new InvalidDataException("ranks hold for their own rows only; score both tables with --normalize minmax or length"),
        { Method: "rbe", Normalize: { } normalize, Min: { } min, Max: { } max } => new(normalize, min, max),
        _ => throw new InvalidDataException($"a score by {Method} has no scale of distances; --scale-from wants a table scored by rbe"),
    };

    static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
