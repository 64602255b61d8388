using System.Runtime.CompilerServices;
using System.Text;

namespace Anit.Models.Tokenizers;

/// <summary>One step of a compiled <see cref="Pattern"/>; a step matches itself, then asks the next.</summary>
internal abstract class PatternNode
{
    /// <summary>The end of a whole match that passes here, or -1.</summary>
    public abstract int Match(ReadOnlySpan<char> text, int at, ref Effort effort);

    public static PatternNode Accept { get; } = new Accepted();

    /// <summary>Code units of the scalar at a place.</summary>
    public static int Width(ReadOnlySpan<char> text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;

    static int ScalarAt(ReadOnlySpan<char> text, int at, out int width)
    {
        width = Width(text, at);
        return width == 1 ? text[at] : char.ConvertToUtf32(text[at], text[at + 1]);
    }

    sealed class Accepted : PatternNode
    {
        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort) => at;
    }

    public sealed class One(CharSet set, PatternNode next) : PatternNode
    {
        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort) =>
            at < text.Length && set.Contains(ScalarAt(text, at, out var width)) ? next.Match(text, at + width, ref effort) : -1;
    }

    /// <summary>A repeated set: the loop that does most of a tokenizer's work.</summary>
    public sealed class Run(CharSet set, int min, int max, Appetite appetite, PatternNode next) : PatternNode
    {
        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort)
        {
            if (effort.IsVain(this, at)) return -1;
            var (end, count) = (at, 0);
            var most = appetite == Appetite.Lazy ? min : max;
            while (count < most && Step(text, ref end)) count++;
            if (count < min) return -1;

            while (true)
            {
                var found = next.Match(text, end, ref effort);
                if (found >= 0) return found;
                if (appetite == Appetite.Possessive) return effort.Fail(this, at);
                if (appetite == Appetite.Lazy)
                {
                    if (count++ == max || !Step(text, ref end)) return effort.Fail(this, at);
                }
                else
                {
                    if (count-- == min) return effort.Fail(this, at);
                    end -= end > at + 1 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;
                }
            }
        }

        bool Step(ReadOnlySpan<char> text, ref int end)
        {
            if (end >= text.Length) return false;
            var c = text[end];
            if (c < 128)
            {
                if (!set.ContainsAscii(c)) return false;
                end++;
                return true;
            }
            if (!set.Contains(ScalarAt(text, end, out var width))) return false;
            end += width;
            return true;
        }
    }

    /// <summary>Alternatives in order; the ASCII masks skip those that cannot begin with the character at hand.</summary>
    public sealed class Choice(PatternNode[] options, UInt128[] first) : PatternNode
    {
        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort)
        {
            if (effort.IsVain(this, at)) return -1;
            var c = at < text.Length ? text[at] : char.MaxValue;
            for (var i = 0; i < options.Length; i++)
            {
                if (c < 128 && (first[i] >> c & 1) == 0) continue;
                var end = options[i].Match(text, at, ref effort);
                if (end >= 0) return end;
            }
            return effort.Fail(this, at);
        }
    }

    /// <summary>Any number of a group, which always takes at least one character; <see cref="Body"/> leads back here.</summary>
    public sealed class Loop(bool lazy, PatternNode next) : PatternNode
    {
        public PatternNode Body { get; set; } = Accept;

        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            if (effort.IsVain(this, at)) return -1;
            var (first, second) = lazy ? (next, Body) : (Body, next);
            var end = first.Match(text, at, ref effort);
            if (end < 0) end = second.Match(text, at, ref effort);
            return end >= 0 ? end : effort.Fail(this, at);
        }
    }

    /// <summary>(?=), (?!): looks without moving.</summary>
    public sealed class Ahead(PatternNode body, bool negative, PatternNode next) : PatternNode
    {
        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort) =>
            body.Match(text, at, ref effort) >= 0 != negative ? next.Match(text, at, ref effort) : -1;
    }

    /// <summary>(?&lt;=), (?&lt;!) of one character.</summary>
    public sealed class Behind(CharSet set, bool negative, PatternNode next) : PatternNode
    {
        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort)
        {
            var found = at > 0 && Rune.DecodeLastFromUtf16(text[..at], out var rune, out _) == System.Buffers.OperationStatus.Done
                && set.Contains(rune.Value);
            return found != negative ? next.Match(text, at, ref effort) : -1;
        }
    }

    /// <summary>(?>) and possessive groups: what is inside is not tried again.</summary>
    public sealed class Atomic(PatternNode body, PatternNode next) : PatternNode
    {
        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort) => body.Match(text, at, ref effort) is >= 0 and var end
            ? next.Match(text, end, ref effort) : -1;
    }

    /// <summary>^ and $ (of a line), \A and \z (of the text).</summary>
    public sealed class Edge(char kind, PatternNode next) : PatternNode
    {
        public override int Match(ReadOnlySpan<char> text, int at, ref Effort effort)
        {
            var here = kind switch
            {
                '^' => at == 0 || text[at - 1] == '\n',
                '$' => at == text.Length || text[at] == '\n',
                'A' => at == 0,
                _ => at == text.Length,
            };
            return here ? next.Match(text, at, ref effort) : -1;
        }
    }
}

/// <summary>How a repeat eats: as much as it can, as little as it can, or all without giving back.</summary>
internal enum Appetite { Greedy, Lazy, Possessive }
