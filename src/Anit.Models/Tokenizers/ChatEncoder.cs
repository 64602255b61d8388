namespace Anit.Models.Tokenizers;

/// <summary>The prompt as the user's turn and the answer as the assistant's, in a model's own chat template, with a system turn or without.</summary>
/// <remarks>
/// <para>The template writes every special token itself: its text is encoded without adding any. As in transformers, a special token
/// that a row spells out is read as that token.</para>
/// <para>Where the answer begins is found by rendering: the conversation without the answer, ending with what asks for one
/// (<c>add_generation_prompt</c>), has to be the beginning of the conversation with it. The answer ends with the token that the template
/// puts behind it; what follows is neither learned nor read. A template that lets a model think first is told not to
/// (<c>enable_thinking</c> false): answers here come without thoughts.</para>
/// </remarks>
public sealed class ChatEncoder : PromptEncoder
{
    const string Question = "Which colour has snow?", Answer = "Snow is white."; // what the template is tried with

    readonly ChatTemplate template;
    readonly string? system;
    readonly int? end; // the token behind an answer; null where the template puts none there
    readonly string behindPrompt; // what stands between the user's words and the answer

    /// <summary>Tries the template: a first prompt and its answer.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The model's template.</param>
    /// <param name="system">Text of a system turn before the user's; null for none.</param>
    /// <exception cref="InvalidDataException">The template takes no system turn, or its answers cannot be told from the prompt.</exception>
    public ChatEncoder(Tokenizer tokenizer, ChatTemplate template, string? system = null) : base(tokenizer)
    {
        (this.template, this.system) = (template, system);
        var turns = Turns(Question, Answer);
        var full = Try(turns);
        var prompt = Asked(turns, turns.Count - 1, full);
        var at = full.IndexOf(Answer, prompt, StringComparison.Ordinal);
        if (at < 0) throw Bad("changes the words of an answer, so it cannot be trained on");
        BeforeAnswer = full[prompt..at];
        var user = full.LastIndexOf(Question, prompt, StringComparison.Ordinal);
        behindPrompt = user < 0 ? "" : full[(user + Question.Length)..prompt];
        var before = Encode(full[..(at + Answer.Length)]).Count(IsMark);
        end = Encode(full).Where(IsMark).Skip(before).Select(id => (int?)id).FirstOrDefault();
        Ends = end is { } mark ? [mark] : [tokenizer.EosId ?? throw Bad("ends an answer with no token of its own, and the tokenizer has no EOS")];
    }

    /// <inheritdoc />
    public override IReadOnlyList<int> Ends { get; }

    /// <inheritdoc />
    public override string BeforeAnswer { get; }

    /// <inheritdoc />
    public override string Text(string prompt)
    {
        var turns = Turns(prompt, Answer);
        var full = Render(turns);
        return full[..Asked(turns, turns.Count - 1, full)];
    }

    /// <inheritdoc />
    public override int[] Prompt(string prompt) => Encode(Text(prompt));

    /// <inheritdoc />
    public override (int[] Prompt, int[] Answer) Pair(string prompt, string answer)
    {
        var (ids, spans) = Encode(Turns(prompt, answer));
        var (start, stop) = spans[0];
        return (ids[..start], end is null ? [.. ids[start..stop], Ends[0]] : ids[start..stop]);
    }

    /// <inheritdoc />
    public override (int Start, int End) Tokens(string prompt, Range part)
    {
        var text = Text(prompt);
        var words = prompt.Trim();
        var at = text.Length - behindPrompt.Length - words.Length;
        if (at < 0 || !text.AsSpan(at).StartsWith(words)) at = text.LastIndexOf(words, StringComparison.Ordinal);
        if (at < 0) throw Bad("changes the user's words, so the instruction cannot be found among its tokens");
        var shift = at - (prompt.Length - prompt.TrimStart().Length);
        int[] To(Index place) => Encode(text[..Math.Clamp(place.GetOffset(prompt.Length) + shift, at, at + words.Length)]);
        return Between(Encode(text), To(part.Start), To(part.End));
    }

    /// <summary>The ids of a whole conversation, and where each of the assistant's turns lies in them: its first token, and one past the token
    /// that ends it.</summary>
    /// <exception cref="InvalidDataException">The template refuses the conversation, or a turn cannot be told from what stands before it.</exception>
    public (int[] Ids, IReadOnlyList<(int Start, int End)> Answers) Conversation(IReadOnlyList<ChatTurn> turns)
    {
        if (end is null) throw Bad("ends an answer with no token of its own, so a conversation of several turns cannot be learned");
        return Encode(system is not null && turns is not [{ Role: ChatTurn.System }, ..] ? [new(ChatTurn.System, system), .. turns] : turns);
    }

    (int[] Ids, IReadOnlyList<(int Start, int End)> Answers) Encode(IReadOnlyList<ChatTurn> turns)
    {
        var full = Render(turns);
        var answers = turns.Index().Where(t => t.Item.Role == ChatTurn.Assistant).ToList();
        var cuts = answers.ConvertAll(t => Asked(turns, t.Index, full));
        var (ids, starts) = Cut(full, cuts);
        return (ids, [.. answers.Zip(starts, (answer, start) => (start, End(ids, start, answer.Item.Content, full, cuts)))]);
    }

    // The tokens of a text, and the number of those before each cut. A token that reached over a cut would be one that decoding, which
    // begins at the cut, can never write: then the pieces are encoded apart, as long as they are the same text.
    (int[] Ids, List<int> Starts) Cut(string full, List<int> cuts)
    {
        var ids = Encode(full);
        var before = cuts.ConvertAll(cut => Encode(full[..cut]));
        if (before.TrueForAll(b => ids.AsSpan().StartsWith(b))) return (ids, before.ConvertAll(b => b.Length));

        var (pieces, starts) = (new List<int>(), new List<int>());
        foreach (var (from, to) in cuts.Prepend(0).Zip(cuts.Append(full.Length)))
        {
            if (from > 0) starts.Add(pieces.Count);
            pieces.AddRange(Encode(full[from..to]));
        }
        return Decode([.. pieces]) == Decode(ids) ? ([.. pieces], starts)
            : throw Bad("and this tokenizer join the end of the prompt and the beginning of the answer in one token, so no answer can begin there");
    }

    int End(int[] ids, int start, string content, string full, List<int> cuts)
    {
        if (end is not { } mark)
        {
            var at = full.IndexOf(content.Trim(), cuts[0], StringComparison.Ordinal);
            return at < 0 ? ids.Length : Math.Max(start, Math.Min(ids.Length, Encode(full[..(at + content.Trim().Length)]).Length));
        }
        var spelled = Encode(content).Count(id => id == mark); // in the answer's own words
        for (var i = start; i < ids.Length; i++)
            if (ids[i] == mark && spelled-- == 0) return i + 1;
        throw Bad($"puts no {Tokenizer.TokenOf(mark)} behind one of the assistant's turns, as it did behind another");
    }

    // Where the text that asks for a turn ends in the text of the conversation.
    int Asked(IReadOnlyList<ChatTurn> turns, int turn, string full)
    {
        foreach (var thinking in new bool?[] { false, null }) // a turn that is not the last may have lost its place for thoughts
        {
            var asked = template.Render(turns.Take(turn), asks: true, thinking);
            if (full.StartsWith(asked, StringComparison.Ordinal)) return asked.Length;
        }
        throw Bad("writes a conversation that does not begin with the text that asks for its answer (add_generation_prompt), so answers cannot be "
            + "told from prompts: it cannot be trained on");
    }

    string Render(IReadOnlyList<ChatTurn> turns) => template.Render(turns, asks: false, thinking: false);

    string Try(IReadOnlyList<ChatTurn> turns)
    {
        try
        {
            return Render(turns);
        }
        catch (InvalidDataException) when (system is not null && Works(turns.Skip(1)))
        {
            throw Bad("takes no system turn; leave --system away, or say it in the instruction");
        }
    }

    bool Works(IEnumerable<ChatTurn> turns)
    {
        try
        {
            return template.Render(turns, asks: false, thinking: false).Length > 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    List<ChatTurn> Turns(string prompt, string answer) =>
        [.. system is null ? [] : new[] { new ChatTurn(ChatTurn.System, system) }, new(ChatTurn.User, prompt), new(ChatTurn.Assistant, answer)];

    bool IsMark(int id) => Tokenizer.IsAdded(id) || id == Tokenizer.EosId;

    int[] Encode(string text) => Tokenizer.Encode(text);

    InvalidDataException Bad(string what) => new($"{template.Name}: this chat template {what}");
}
