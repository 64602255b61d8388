using Anit.Nlu;

namespace Anit.Training.Examples;

/// <summary>Turns rows into token ids: prompt, answer, and where the instruction lies.</summary>
/// <remarks>Prompt and answer are tokenised apart, so that training sees exactly the ids that decoding starts from.
/// A row that is too long loses the end of its text, never instruction, options or answer (docs/method.md 5.2).</remarks>
public sealed class ExampleBuilder(Tokenizer tokenizer, PromptTemplate template, int maxLength)
{
    readonly int end = tokenizer.EosId
        ?? throw new InvalidDataException("the tokenizer has no end-of-sequence token; name one as eos_token in tokenizer_config.json");

    /// <summary>Rows whose text was cut to fit.</summary>
    public int Shortened { get; private set; }

    /// <summary>Builds one example, or null where no answer token would be left to train on.</summary>
    /// <param name="row">The row; with a noisy instruction, that one is trained on.</param>
    /// <param name="beta">β of the row; ignored for a clean row.</param>
    public Example? Build(NluRow row, double beta)
    {
        if (string.IsNullOrWhiteSpace(row.Target)) return null;
        int[] answer = [.. tokenizer.Encode(template.Target(row)), end];
        if (PromptFitting.Fit(template, row, row.NoisyInstruction, maxLength - answer.Length, text => Encode(text).Length) is not { } fitted)
            return null;
        if (fitted.Cut) Shortened++;

        var (text, range) = (fitted.Prompt.Text, fitted.Prompt.Instruction);
        var prompt = Encode(text);
        // A prefix's token count is where its last token ends, up to a merge across the boundary: good enough for a mask.
        var stop = Math.Min(Encode(text[..range.End.Value]).Length, prompt.Length);
        var start = Math.Min(Encode(text[..range.Start.Value]).Length, stop);
        var noisy = row.NoisyInstruction is not null;
        return new(row.Id, prompt, answer, start, stop, noisy ? Math.Clamp(beta, 0, 1) : 0, noisy);
    }

    /// <summary>The text of token ids, special tokens included, for people to look at.</summary>
    public string Decode(int[] ids) => tokenizer.Decode(ids, skipSpecial: false);

    int[] Encode(string text) => tokenizer.Encode(text, tokenizer.AddsBos);
}
