using Anit.Nlu;

namespace Anit.Training.Examples;

/// <summary>Turns rows into token ids: prompt, answer, and where the instruction lies.</summary>
/// <remarks>The prompt's ids are those that decoding starts from (<see cref="PromptEncoder"/>).
/// A row that is too long loses the end of its text, never instruction, options or answer (docs/method.md 5.2).</remarks>
/// <param name="encoder">Makes the token ids.</param>
/// <param name="template">Makes the prompts.</param>
/// <param name="maxLength">Tokens of prompt and answer together.</param>
public sealed class ExampleBuilder(PromptEncoder encoder, PromptTemplate template, int maxLength)
{
    /// <summary>Rows whose text was cut to fit.</summary>
    public int Shortened { get; private set; }

    /// <summary>Builds one example, or null where no answer token would be left to train on.</summary>
    /// <param name="row">The row; with a noisy instruction, that one is trained on.</param>
    /// <param name="beta">β of the row; ignored for a clean row.</param>
    public Example? Build(NluRow row, double beta)
    {
        if (string.IsNullOrWhiteSpace(row.Target)) return null;
        var rendered = template.Render(row, row.NoisyInstruction);
        var (prompt, answer) = encoder.Pair(rendered.Text, template.Target(row));
        if (prompt.Length + answer.Length > maxLength)
        {
            var room = maxLength - answer.Length;
            if (PromptFitting.Fit(template, row, row.NoisyInstruction, room, text => encoder.Prompt(text).Length) is not { } fitted) return null;
            rendered = fitted.Prompt;
            (prompt, answer) = encoder.Pair(rendered.Text, template.Target(row));
            Shortened++;
        }
        var (start, stop) = encoder.Tokens(rendered.Text, rendered.Instruction);
        var noisy = row.NoisyInstruction is not null;
        return new(row.Id, prompt, answer, start, stop, noisy ? Math.Clamp(beta, 0, 1) : 0, noisy);
    }

    /// <summary>Builds one example of a conversation, whose loss covers every turn of the assistant with the token that ends it; null where none
    /// fits. What is too long loses its last turns.</summary>
    /// <param name="id">The row's id.</param>
    /// <param name="turns">The conversation.</param>
    /// <exception cref="InvalidDataException">The model's chat template refuses it; the message names the row.</exception>
    public Example? Build(string id, IReadOnlyList<ChatTurn> turns)
    {
        if (encoder is not ChatEncoder chat) throw new InvalidOperationException("conversations want the model's chat template");
        var ends = turns.Index().Where(t => t.Item.Role == ChatTurn.Assistant).Select(t => t.Index + 1).ToList();
        try
        {
            for (var kept = ends.Count; kept > 0; kept--)
            {
                var (ids, answers) = chat.Conversation([.. turns.Take(ends[kept - 1])]);
                if (answers[^1].End > maxLength)
                {
                    while (kept > 1 && answers[kept - 2].End > maxLength) kept--; // no need to try those
                    continue;
                }
                if (kept < ends.Count) Shortened++;
                return Example(id, ids, answers);
            }
            return null;
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"row {id}: {fault.Message}", fault);
        }
    }

    static Example Example(string id, int[] ids, IReadOnlyList<(int Start, int End)> answers)
    {
        var (first, last) = (answers[0].Start, answers[^1].End);
        var learned = new bool[last - first];
        foreach (var (start, end) in answers) learned.AsSpan(start - first, end - start).Fill(true);
        return new(id, ids[..first], ids[first..last], 0, first, 0, Noisy: false) { Learned = learned };
    }

    /// <summary>The text of token ids, special tokens included, for people to look at.</summary>
    public string Decode(int[] ids) => encoder.Decode(ids);
}
