namespace Anit.Noise.Distance;

/// <summary>Levenshtein distance of characters, as a share of the longer text.</summary>
/// <remarks>Characters are Unicode code points on NFC, white space and case included; deletion, insertion and substitution cost 1 each.</remarks>
public sealed class Chars : ITextDistance
{
    /// <inheritdoc/>
    public Score Between(string clean, string noisy)
    {
        var (a, b) = (CodePoints(clean), CodePoints(noisy));
        var distance = Distance(a, b);
        return new(distance == 0 ? 0 : (double)distance / Math.Max(a.Length, b.Length), distance);
    }

    static int Distance(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        // What both begin and end with costs nothing.
        var head = a.CommonPrefixLength(b);
        var tail = 0;
        while (tail < Math.Min(a.Length, b.Length) - head && a[^(tail + 1)] == b[^(tail + 1)]) tail++;
        a = a[head..^tail];
        b = b[head..^tail];
        var pattern = a.Length <= b.Length ? a : b;
        var text = a.Length <= b.Length ? b : a;

        var numbers = new Dictionary<int, int>();
        var (numbered, other) = (new int[pattern.Length], new int[text.Length]);
        for (var i = 0; i < pattern.Length; i++)
            if (!numbers.TryGetValue(pattern[i], out numbered[i])) numbers.Add(pattern[i], numbered[i] = numbers.Count);
        for (var i = 0; i < text.Length; i++) other[i] = numbers.GetValueOrDefault(text[i], -1);
        return Levenshtein.BitParallel(numbered, other, numbers.Count);
    }

    /// <summary>The code points of a text on NFC; half a surrogate pair is U+FFFD.</summary>
    static int[] CodePoints(string text)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in UnicodeForms.Nfc(text).ToString().EnumerateRunes()) points.Add(rune.Value);
        return [.. points];
    }
}

public static partial class DistanceKinds
{
    /// <summary><see cref="Distance.Chars"/>.</summary>
    public static DistanceDescription Chars { get; } = new("chars", "edits of characters, as a share of the longer text", () => new Chars());
}
