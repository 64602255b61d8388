namespace Anit.Training.Examples;

/// <summary>One tokenised row: a prompt, its answer, and how noisy its instruction is.</summary>
/// <param name="Id">The row's id; perturbations are keyed by it.</param>
/// <param name="Prompt">Prompt token ids, with BOS where the model wants one.</param>
/// <param name="Answer">Answer token ids, ending with EOS; the loss covers exactly these, or those of them that <see cref="Learned"/> says.</param>
/// <param name="InstructionStart">First prompt token of the instruction.</param>
/// <param name="InstructionEnd">One past the last prompt token of the instruction.</param>
/// <param name="Beta">Distortion β in 0..1 (method: Eq. 2); 0 for a clean row.</param>
/// <param name="Noisy">Whether the instruction is a noisy one.</param>
public sealed record Example(string Id, int[] Prompt, int[] Answer, int InstructionStart, int InstructionEnd, double Beta, bool Noisy)
{
    /// <summary>Which answer tokens the loss covers, one flag each; null for all. In a conversation the user's turns between two answers are read,
    /// not learned.</summary>
    public bool[]? Learned { get; init; }

    /// <summary>Number of the table that the row comes from, where several are weighted against each other.</summary>
    public int Source { get; init; }

    /// <summary>Input tokens: all but the last, which is only ever predicted.</summary>
    public int Inputs => Prompt.Length + Answer.Length - 1;

    /// <summary>Tokens that the loss covers.</summary>
    public int Targets => Learned?.Count(learned => learned) ?? Answer.Length;
}
