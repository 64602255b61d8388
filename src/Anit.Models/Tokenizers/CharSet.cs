using System.Globalization;

namespace Anit.Models.Tokenizers;

/// <summary>A set of Unicode scalars: a bitmap for ASCII, general categories and ranges for the rest.</summary>
/// <remarks>Regex classes of tokenizer.json files are unions of such things. Categories are those of the running .NET.</remarks>
internal sealed class CharSet
{
    readonly ulong low, high; // membership of 0..63 and 64..127, negation applied
    readonly Func<int, bool> rest;

    CharSet(Func<int, bool> contains)
    {
        rest = contains;
        for (var c = 0; c < 64; c++)
        {
            if (contains(c)) low |= 1UL << c;
            if (contains(c + 64)) high |= 1UL << c;
        }
    }

    /// <summary>The ASCII members as one 128-bit mask, for choosing an alternative by its first character.</summary>
    public UInt128 Ascii => new(high, low);

    public bool ContainsAscii(char c) => ((c < 64 ? low : high) >> (c & 63) & 1) != 0;

    public bool Contains(int scalar) => scalar < 128 ? ContainsAscii((char)scalar) : rest(scalar);

    public CharSet Negated() => new(c => !rest(c));

    public static CharSet Of(int first, int last) => new(c => c >= first && c <= last);

    public static CharSet Of(int scalar) => Of(scalar, scalar);

    public static CharSet Union(IReadOnlyList<CharSet> sets) => sets.Count == 1 ? sets[0] : new(c =>
    {
        foreach (var set in sets)
            if (set.rest(c)) return true;
        return false;
    });

    public static CharSet Categories(uint mask) => new(c => (mask >> (int)CharUnicodeInfo.GetUnicodeCategory(c) & 1) != 0);

    /// <summary>Unicode's White_Space property, what \s means in Oniguruma and in Rust's regex.</summary>
    public static CharSet White { get; } = new(c => c <= char.MaxValue && char.IsWhiteSpace((char)c));

    /// <summary>\w: letters, marks, decimal digits, letter numbers, connectors, and the circled letters that are Alphabetic.</summary>
    public static CharSet Word { get; } = Union([
        Categories(PatternProperty.Mask("L") | PatternProperty.Mask("M") | PatternProperty.Mask("Nd") | PatternProperty.Mask(
            "Nl") | PatternProperty.Mask("Pc")),
        Of(0x24B6, 0x24E9), Of(0x1F130, 0x1F149), Of(0x1F150, 0x1F169), Of(0x1F170, 0x1F189)]);

    /// <summary>\w where Oniguruma reads it outside brackets: there, and only there, ² ³ ¹ ¼ ½ ¾ are words too.</summary>
    public static CharSet BareWord { get; } = Union([Word, Of('²', '³'), Of('¹'), Of('¼', '¾')]);

    public static CharSet Digit { get; } = Categories(PatternProperty.Mask("Nd"));

    public static CharSet Any { get; } = new(_ => true);
}

/// <summary>General categories by their Unicode names, as masks over <see cref="UnicodeCategory"/>.</summary>
internal static class PatternProperty
{
    // In the order of UnicodeCategory.
    static readonly string[] Names =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc",
        "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    /// <summary>The mask of a category or of a group of them such as L; 0 when there is no such category.</summary>
    public static uint Mask(string name)
    {
        var mask = 0u;
        for (var i = 0; i < Names.Length; i++)
            if (Names[i] == name || name.Length == 1 && Names[i][0] == name[0]) mask |= 1u << i;
        return mask;
    }
}
