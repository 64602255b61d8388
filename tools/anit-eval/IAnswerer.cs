using System.Text.Json.Nodes;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>Where answers come from: a model on this machine with its adapters, or one behind a server.</summary>
interface IAnswerSource
{
    /// <summary>How many runs there are, each a line of the table.</summary>
    int Runs { get; }

    /// <summary>Whether all rows are to be told (<see cref="IAnswerer.Expect"/>) before the first one is answered.</summary>
    bool LooksAhead => false;

    /// <summary>Whether it keeps each answer by itself, so that a run which was cut off asks for none again.</summary>
    bool KeepsAnswers => false;

    /// <summary>What decides the answers, for the receipt; batches and threads do not.</summary>
    JsonObject Decides();

    /// <summary>Opens a run.</summary>
    IAnswerer Open(int run);
}

/// <summary>Something that answers rows.</summary>
interface IAnswerer : IDisposable
{
    /// <summary>Name of the run.</summary>
    string Name { get; }

    /// <summary>Hears which rows will come, with the instruction they carry, and may refuse the work.</summary>
    void Expect(IReadOnlyList<NluRow> rows) { }

    /// <summary>Prints what it would cost to answer these rows.</summary>
    void ShowEstimate(IReadOnlyList<NluRow> rows) { }

    /// <summary>Answers rows with the instruction they carry, in their order.</summary>
    Task<IReadOnlyList<Prediction>> AnswerAsync(IReadOnlyList<NluRow> rows, string condition, Action<int> done, CancellationToken stop);

    /// <summary>The prompt of a row with special tokens as text, its length in a few words, and what should be answered.</summary>
    (string Prompt, string Length, string Answer) Show(NluRow row);
}
