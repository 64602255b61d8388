namespace Anit.Models.Tokenizers;

/// <summary>How a prompt and its answer become token ids: as they stand (<see cref="PlainEncoder"/>), or as turns of a conversation
/// (<see cref="ChatEncoder"/>). Training and decoding use the same one, so that they see the same ids.</summary>
public abstract class PromptEncoder(Tokenizer tokenizer)
{
    /// <summary>Tokens that end an answer.</summary>
    public abstract IReadOnlyList<int> Ends { get; }

    /// <summary>What stands between the prompt and the answer's own words and is the model's to write; nothing, a blank or a line break.</summary>
    public virtual string BeforeAnswer => "";

    /// <summary>What the model reads before it answers, special tokens as text.</summary>
    public abstract string Text(string prompt);

    /// <summary>The ids that decoding starts from.</summary>
    public abstract int[] Prompt(string prompt);

    /// <summary>The ids of a prompt, and those of its answer with the token that ends it.</summary>
    /// <exception cref="InvalidDataException">The answer's ids cannot be told from the prompt's.</exception>
    public abstract (int[] Prompt, int[] Answer) Pair(string prompt, string answer);

    /// <summary>The first token of a part of the prompt, and one past its last.</summary>
    /// <remarks>A token that reaches over a boundary belongs to the part: " Find" in "Instruction: Find".</remarks>
    public abstract (int Start, int End) Tokens(string prompt, Range part);

    /// <summary>The text of token ids, special tokens included.</summary>
    public string Decode(int[] ids) => tokenizer.Decode(ids, skipSpecial: false);

    /// <summary>Where a part lies in ids: behind what they share with the ids of the text before it, up to as many as the text through it
    /// has.</summary>
    protected static (int Start, int End) Between(int[] ids, int[] before, int[] through)
    {
        var start = ids.AsSpan().CommonPrefixLength(before);
        return (start, Math.Clamp(through.Length, start, ids.Length));
    }

    /// <summary>The tokenizer.</summary>
    protected Tokenizer Tokenizer => tokenizer;
}

/// <summary>Prompt and answer as they stand, tokenised apart, so that training sees exactly the ids that decoding starts from: BOS where the
/// model wants one, EOS behind the answer.</summary>
public sealed class PlainEncoder(Tokenizer tokenizer) : PromptEncoder(tokenizer)
{
    readonly int end = tokenizer.EosId
        ?? throw new InvalidDataException("the tokenizer has no end-of-sequence token; name one as eos_token in tokenizer_config.json");

    /// <inheritdoc />
    public override IReadOnlyList<int> Ends => [end];

    /// <inheritdoc />
    public override string Text(string prompt) => prompt;

    /// <inheritdoc />
    public override int[] Prompt(string prompt) => Tokenizer.Encode(prompt, Tokenizer.AddsBos);

    /// <inheritdoc />
    public override (int[] Prompt, int[] Answer) Pair(string prompt, string answer) => (Prompt(prompt), [.. Tokenizer.Encode(answer), end]);

    /// <inheritdoc />
    public override (int Start, int End) Tokens(string prompt, Range part) =>
        Between(Prompt(prompt), Prompt(prompt[..part.Start.GetOffset(prompt.Length)]), Prompt(prompt[..part.End.GetOffset(prompt.Length)]));
}
