using System.Globalization;
using System.Text;

namespace Anit.Models.Tests.Tokenizers;

/// <summary>Texts that break tokenizers: every script, space and edge in awkward company. The same for the same seed.</summary>
public static class Torture
{
    static readonly string[] Pieces =
    [
        "the", " quick", " Brown", "FOX", " jumps", "over", " lazy", "\nparagraph", "Instruction:", " Answer:", " PER: John; LOC: New York", "naïve",
            " café", "cafe\u0301",
        "'s", "'S", "'re", "'LL", "'t", "'ſ", "'ſt", "’s", "'x", "''", "don't", " I'm", "WE'VE", " x's", "'d've",
        "0", "7", "42", " 123", "1234567", "3.14159", "1,000,000", "½", "²", "Ⅷ", "٣٤٥", "१२३", "𝟘𝟙𝟚", "①", "二〇二四",
        " ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\n\n", " \n", "\n ", "\t\t\n", "\u00A0", "\u2003", "\u3000", "\u0085", "\u2028", "\u1680",
            "\u200B", "\uFEFF", "\v", "\f",
        ".", ",", "!", "?", "...", "--", "—", "(", ")", "[x]", "{\"a\":", "://", "@user", "#tag", "$5", "%", "&amp;", "<b>", "</b>", "``", "\\n",
            "~~~", "|", "=====", "«»", "¿", "。", "、",
        "<s>", "</s>", "<unk>", "<pad>", "<bos>", "<eos>", "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|reserved_special_token_5|>",
            "<|begin", "<s", "< s >", "<0x0A>", "<0xE2>",
        "▁", "▁▁", "▁the", "Ġ", "Ġthe", "Ċ", "�",
        "日本語", "の", "中文分词", "한국어", "각", "한", "ภาษาไทย", "العربية", "ـ", "עברית", "हिन्दी", "বাংলা", "Ελληνικά", "ΣΑΣ", "Кириллица", "ქართული",
            "Հայերեն", "አማርኛ",
        "İstanbul", "ıI", "ß", "ẞ", "ﬁ", "ﬆ", "K", "Å", "Å", "ǅ", "ᾳ", "Ω", "㎏", "ｆｕｌｌ", "ﾊﾝｶｸ",
        "👍", "👍🏽", "👩‍👩‍👧‍👦", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "𐌲𐌿𐍄", "𝓗𝓮𝓵𝓵𝓸", "𠀀𠮷",
            "\U000E0001", "\uE000", "\uFFFF", "\uFFFD", "\U0010FFFF", "\0", "\u0007",
            "\u001B[0m", "\u007F",
        "e\u0301\u0323", "q\u0307\u0323", "\u0301", "Z\u0335\u0321\u0352", "\u200D", "\uFE0F", "\u202Eabc\u202C", "\u00AD",
    ];

    static readonly string[] Repeated = ["a", " ", "\n", "ab", "=", "▁", "0", "é", "😀", "\t", "あ", "\r\n", "' ", "<s>", "\u0301", "word "];

    /// <summary>Joined pieces, long repeats and random scalars, by turns.</summary>
    public static IEnumerable<string> Texts(int seed, int count)
    {
        var state = (ulong)seed * 0x9E3779B97F4A7C15 + 1;
        foreach (var piece in Pieces) yield return piece;
        foreach (var unit in Repeated) yield return string.Concat(Enumerable.Repeat(unit, 700));
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var n = Below(24); n >= 0; n--)
            {
                switch (Below(20))
                {
                    case 0: text.Insert(text.Length, Repeated[Below(Repeated.Length)], Below(40)); break;
                    case 1: text.Append(Scalar()); break;
                    case < 6: text.Append(' '); break;
                    default: text.Append(Pieces[Below(Pieces.Length)]); break;
                }
            }
            yield return text.ToString();
        }

        int Below(int bound)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (int)(state % (ulong)bound);
        }

        Rune Scalar()
        {
            while (true)
            {
                var scalar = Below(3) == 0 ? Below(0x110000) : Below(0x3000);
                if (Rune.IsValid(scalar) && !IsYoung(scalar)) return new(scalar);
            }
        }
    }

    // Characters younger than a library's Unicode tables are letters or marks to one and nothing to the other.
    static bool IsYoung(int scalar) =>
        CharUnicodeInfo.GetUnicodeCategory(scalar) == UnicodeCategory.OtherNotAssigned || scalar is >= 0x870 and < 0x8A0;
}
