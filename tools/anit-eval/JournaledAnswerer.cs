using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>Asks only for what a journal has not got, some answers at a time, and keeps each as it comes.</summary>
/// <param name="inner">Who answers; disposed with this.</param>
/// <param name="journal">The answers so far.</param>
sealed class JournaledAnswerer(IAnswerer inner, AnswerJournal journal) : IAnswerer
{
    const int AnswersAtOnce = 256; // what a kill can lose: some batches

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Prediction>> AnswerAsync(IReadOnlyList<NluRow> rows, string condition, Action<int> done, CancellationToken stop)
    {
        var answers = rows.Select(row => journal.Find(Name, row, condition)).ToArray();
        // By length, so that the batches of a piece hold prompts of like length, as those of the whole would.
        var missing = Enumerable.Range(0, rows.Count).Where(i => answers[i] is null).OrderBy(i => Length(rows[i])).ToList();
        var known = rows.Count - missing.Count;
        foreach (var piece in missing.Chunk(AnswersAtOnce))
        {
            var before = known;
            var made = await inner.AnswerAsync([.. piece.Select(i => rows[i])], condition, count => done(before + count), stop);
            journal.Add(made);
            foreach (var (k, i) in piece.Index()) answers[i] = made[k];
            known += piece.Length;
        }
        done(known);
        return answers!;
    }

    /// <inheritdoc/>
    public (string Prompt, string Length, string Answer) Show(NluRow row) => inner.Show(row);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    static int Length(NluRow row) => row.Instruction.Length + (row.Text?.Length ?? 0);
}
