using System.Text;

namespace Anit.Tools.Reports;

/// <summary>Something that stands on a page.</summary>
interface IPart
{
    /// <summary>Writes it.</summary>
    void Write(Markup page);
}

/// <summary>Writes HTML and SVG. Texts and attribute values are escaped here and nowhere else; the element opened last is closed first.</summary>
sealed class Markup
{
    readonly StringBuilder text = new();
    readonly Stack<string> open = new();

    /// <summary>Opens an element; attributes without a value (null) are left out.</summary>
    public Markup Open(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Begin(element, attributes);
        text.Append('>');
        open.Push(element);
        return this;
    }

    /// <summary>An element without content.</summary>
    public Markup Empty(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Begin(element, attributes);
        text.Append("/>");
        return this;
    }

    /// <summary>An element with a text in it.</summary>
    public Markup Add(string element, string content, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Open(element, attributes).Text(content).Close();

    /// <summary>A text.</summary>
    public Markup Text(string content)
    {
        Escape(content);
        return this;
    }

    /// <summary>A part.</summary>
    public Markup Part(IPart part)
    {
        part.Write(this);
        return this;
    }

    /// <summary>Closes the element opened last.</summary>
    public Markup Close()
    {
        text.Append("</").Append(open.Pop()).Append('>');
        return this;
    }

    /// <summary>Ends a line of the file; for the eyes of who looks at the source.</summary>
    public Markup Line()
    {
        text.Append('\n');
        return this;
    }

    /// <summary>A style sheet or a script of ours, as it is.</summary>
    public Markup Verbatim(string ours)
    {
        text.Append(ours);
        return this;
    }

    /// <summary>What was written.</summary>
    /// <exception cref="InvalidOperationException">An element is still open.</exception>
    public override string ToString() =>
        open.Count == 0 ? text.ToString() : throw new InvalidOperationException($"the element {open.Peek()} was not closed");

    void Begin(string element, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        text.Append('<').Append(element);
        foreach (var (name, value) in attributes)
        {
            if (value is null) continue;
            text.Append(' ').Append(name).Append("=\"");
            Escape(value);
            text.Append('"');
        }
    }

    // Control characters and lone surrogates are no characters of HTML; they become what decoders put in the place of broken bytes.
    void Escape(string content)
    {
        for (var i = 0; i < content.Length; i++)
        {
            var c = content[i];
            if (char.IsHighSurrogate(c) && i + 1 < content.Length && char.IsLowSurrogate(content[i + 1]))
            {
                text.Append(c).Append(content[++i]);
                continue;
            }
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '"' => text.Append("&quot;"),
                '\'' => text.Append("&#39;"),
                '\t' or '\n' => text.Append(c),
                _ => text.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '\uFFFE' or '\uFFFF' ? '\uFFFD' : c),
            };
        }
    }
}
