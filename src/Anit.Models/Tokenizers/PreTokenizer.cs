namespace Anit.Models.Tokenizers;

/// <summary>A step that cuts text into words, which no token crosses: the "pre_tokenizer" of tokenizer.json.</summary>
internal abstract class PreTokenizer
{
    public abstract void Apply(Pieces pieces);

    public sealed class Sequence(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
    {
        public override void Apply(Pieces pieces)
        {
            foreach (var step in steps) step.Apply(pieces);
        }
    }

    /// <summary>Cuts at the matches of a pattern.</summary>
    /// <remarks>Every piece is a text of its own for the pattern, so that look-ahead sees an end where a piece ends.</remarks>
    public sealed class Split(Pattern pattern, SplitBehavior behavior, bool invert = false) : PreTokenizer
    {
        public override void Apply(Pieces pieces)
        {
            var text = pieces.Text.Span;
            foreach (var (start, end) in pieces.Ranges)
            {
                if (behavior == SplitBehavior.Isolated) Isolate(pieces, text[start..end], start);
                else Cut(pieces, text[start..end], start);
            }
            pieces.Flip();
        }

        void Isolate(Pieces pieces, ReadOnlySpan<char> text, int offset)
        {
            var at = 0;
            while (pattern.Find(text, at, out var start, out var end))
            {
                pieces.Add(offset + at, offset + start);
                pieces.Add(offset + start, offset + end);
                at = end;
            }
            pieces.Add(offset + at, offset + text.Length);
        }

        void Cut(Pieces pieces, ReadOnlySpan<char> text, int offset)
        {
            List<(int Start, int End, bool Match)> parts = [];
            var at = 0;
            while (pattern.Find(text, at, out var start, out var end))
            {
                if (start > at) parts.Add((at, start, invert));
                parts.Add((start, end, !invert));
                at = end;
            }
            if (at < text.Length) parts.Add((at, text.Length, invert));

            for (var i = 0; i < parts.Count; i++)
            {
                var (start, last) = (i, i);
                switch (behavior)
                {
                    case SplitBehavior.Removed:
                        if (parts[i].Match) continue;
                        break;
                    case SplitBehavior.Contiguous:
                        while (last + 1 < parts.Count && parts[last + 1].Match == parts[i].Match) last++;
                        break;
                    case SplitBehavior.MergedWithPrevious: // a match joins what is before it, unless that ended in a match
                        if (!parts[i].Match && i + 1 < parts.Count && parts[i + 1].Match) last++;
                        break;
                    case SplitBehavior.MergedWithNext:
                        if (parts[i].Match && i + 1 < parts.Count && !parts[i + 1].Match) last++;
                        break;
                }
                pieces.Add(offset + parts[start].Start, offset + parts[last].End);
                i = last;
            }
        }
    }

    /// <summary>A space before each piece that does not begin with one.</summary>
    public sealed class PrefixSpace : PreTokenizer
    {
        public override void Apply(Pieces pieces) => Prefix(pieces, ' ', _ => true);
    }

    /// <summary>▁ for each space, and before the text; the cut before each ▁ is a <see cref="Split"/> of its own.</summary>
    public sealed class Metaspace(char mark, PrependScheme scheme) : PreTokenizer
    {
        readonly Normalizer replace = new Normalizer.ReplaceLetter(' ', mark);

        public override void Apply(Pieces pieces)
        {
            replace.Apply(pieces.Text);
            if (scheme == PrependScheme.Never) return;
            Prefix(pieces, mark, start => scheme == PrependScheme.Always || pieces.AtStart && start == 0);
        }
    }

    /// <summary>Cuts before each mark that follows something else, where the model has no token across such a place: nothing changes but
    /// speed.</summary>
    public sealed class Shortcut(char mark) : PreTokenizer
    {
        public override void Apply(Pieces pieces)
        {
            var text = pieces.Text.Span;
            foreach (var (start, end) in pieces.Ranges)
            {
                var from = start;
                while (from < end)
                {
                    var at = from;
                    while (at < end && text[at] == mark) at++;
                    var length = text[at..end].IndexOf(mark);
                    var to = length < 0 ? end : at + length;
                    pieces.Add(from, to);
                    from = to;
                }
            }
            pieces.Flip();
        }
    }

    static void Prefix(Pieces pieces, char mark, Func<int, bool> wanted)
    {
        foreach (var (start, end) in pieces.Ranges)
        {
            var piece = pieces.Text.Span[start..end];
            var written = pieces.Text.Written;
            if (piece[0] != mark && wanted(start)) pieces.Text.Append(mark);
            pieces.Text.Append(piece);
            pieces.Add(written, pieces.Text.Written);
        }
        pieces.Text.Flip();
        pieces.Flip();
    }
}

/// <summary>What becomes of a match of a Split; the names are tokenizer.json's.</summary>
internal enum SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous }

/// <summary>Where Metaspace puts a ▁ that was no space.</summary>
internal enum PrependScheme { Always, First, Never }
