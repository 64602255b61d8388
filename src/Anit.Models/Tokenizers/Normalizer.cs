using System.Globalization;
using System.Text;

namespace Anit.Models.Tokenizers;

/// <summary>A step that rewrites text before it is split: the "normalizer" of tokenizer.json.</summary>
internal abstract class Normalizer
{
    public abstract void Apply(CharBuffer text);

    /// <summary>The normalized form of a string.</summary>
    public string Apply(string text)
    {
        var buffer = new CharBuffer();
        buffer.Set(text);
        Apply(buffer);
        return buffer.Span.ToString();
    }

    public sealed class Sequence(IReadOnlyList<Normalizer> steps) : Normalizer
    {
        public override void Apply(CharBuffer text)
        {
            foreach (var step in steps) step.Apply(text);
        }
    }

    /// <summary>NFC, NFD, NFKC, NFKD.</summary>
    public sealed class Unicode(NormalizationForm form) : Normalizer
    {
        const char Refused = '\uFFFE'; // .NET takes it for a byte order mark gone wrong; to Unicode it composes with nothing

        public override void Apply(CharBuffer text)
        {
            var rest = text.Span;
            if (Ascii.IsValid(rest) || !rest.Contains(Refused) && rest.IsNormalized(form)) return;
            for (int at; (at = rest.IndexOf(Refused)) >= 0; rest = rest[(at + 1)..])
            {
                Append(text, rest[..at]);
                text.Append(Refused);
            }
            Append(text, rest);
            text.Flip();
        }

        void Append(CharBuffer text, ReadOnlySpan<char> part)
        {
            if (part.IsNormalized(form))
            {
                text.Append(part);
                return;
            }
            var room = part.GetNormalizedLength(form);
            if (!part.TryNormalize(text.Room(room), out var length, form))
                throw new InvalidOperationException("Unicode normalisation did not fit the length it named");
            text.Unwrite(room - length);
        }
    }

    /// <summary>Full lower case without context, as Rust's char::to_lowercase: İ becomes i and a dot above, Σ always σ.</summary>
    public sealed class Lowercase : Normalizer
    {
        public override void Apply(CharBuffer text)
        {
            Span<char> units = stackalloc char[2];
            foreach (var rune in text.Span.EnumerateRunes())
            {
                if (rune.Value == 0x130) text.Append("i\u0307");
                else text.Append(units[..Rune.ToLowerInvariant(rune).EncodeToUtf16(units)]);
            }
            text.Flip();
        }
    }

    public sealed class Strip(bool left, bool right) : Normalizer
    {
        public override void Apply(CharBuffer text)
        {
            var kept = text.Span;
            if (left) kept = kept.TrimStart();
            if (right) kept = kept.TrimEnd();
            text.Set(kept);
        }
    }

    /// <summary>Drops combining marks; a decomposition usually comes before it.</summary>
    public sealed class StripAccents : Normalizer
    {
        public override void Apply(CharBuffer text)
        {
            Span<char> units = stackalloc char[2];
            foreach (var rune in text.Span.EnumerateRunes())
            {
                if (Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark)
                    continue;
                text.Append(units[..rune.EncodeToUtf16(units)]);
            }
            text.Flip();
        }
    }

    public sealed class Prepend(string prefix) : Normalizer
    {
        public override void Apply(CharBuffer text)
        {
            if (text.Length == 0) return;
            text.Append(prefix);
            text.Append(text.Span);
            text.Flip();
        }
    }

    /// <summary>One letter for one letter: the way spaces become ▁.</summary>
    public sealed class ReplaceLetter(char from, char to) : Normalizer
    {
        public override void Apply(CharBuffer text)
        {
            if (!text.Span.Contains(from)) return;
            text.Span.Replace(text.Room(text.Length), from, to);
            text.Flip();
        }
    }

    public sealed class Replace(Pattern pattern, string with) : Normalizer
    {
        public override void Apply(CharBuffer text) => text.Set(pattern.Replace(text.Span.ToString(), with));
    }
}
