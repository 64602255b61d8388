using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>Answers so far of a run whose predictions are not whole yet, in a file beside them: a run that was cut off goes on, and the file goes
/// when the predictions are there.</summary>
/// <remarks>A line of JSON an answer, after a line that says what decides answers; a line that is not whole is passed over. What was asked is
/// named by a digest over the run and all of the row, so that other rows or instructions may be asked for the next time.</remarks>
sealed class AnswerJournal : IDisposable
{
    const string Tool = "anit-eval";
    const int Version = 1, KeyDigits = 32;

    static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Dictionary<UInt128, KeptAnswer> answers = [];
    readonly string path;
    readonly FileStream file;

    AnswerJournal(string path, FileStream file) => (this.path, this.file) = (path, file);

    /// <summary>An answer as it is kept.</summary>
    sealed record KeptAnswer(string Key, string Answer, bool Truncated, bool TextCut);

    /// <summary>How many answers an earlier run left.</summary>
    public int Found { get; private set; }

    /// <summary>Opens the journal beside an output: the one an earlier run left, if its answers would be the same, else a new one.</summary>
    /// <param name="output">Where the predictions go.</param>
    /// <param name="decides">What decides the answers.</param>
    public static AnswerJournal Open(string output, JsonObject decides)
    {
        var path = output + ".journal";
        var head = new JsonObject { ["tool"] = Tool, ["journal"] = Version, ["decides"] = Digest(decides.ToJsonString()) }.ToJsonString();
        if (FileFacts.Of(path) is { Kind: not FileKind.File }) throw Strange(path);
        const FileShare Others = FileShare.Read | FileShare.Delete;
        var journal = new AnswerJournal(path, new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Others, bufferSize: 0));
        try
        {
            if (!journal.Read(head)) journal.Begin(head);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>The answer to a row as it was asked; null where there is none.</summary>
    public Prediction? Find(string run, NluRow row, string condition) => answers.TryGetValue(Number(Key(run, row)), out var kept)
        ? new() { Row = row, Run = run, Condition = condition, Text = kept.Answer, Truncated = kept.Truncated, TextCut = kept.TextCut } : null;

    /// <summary>Keeps answers; they are in the file when this returns.</summary>
    public void Add(IEnumerable<Prediction> made) => Write(string.Concat(made.Select(one => JsonSerializer.Serialize(
        new KeptAnswer(Key(one.Run ?? "", one.Row), one.Text, one.Truncated, one.TextCut), Readable) + "\n")));

    /// <summary>The predictions are whole: nothing is left to go on with.</summary>
    public void Complete()
    {
        Dispose();
        File.Delete(path);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // False where an answer of it would not be an answer of this run.
    bool Read(string head)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        var text = reader.ReadToEnd();
        if (text.Length == 0) return false;
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 ? !head.StartsWith(text, StringComparison.Ordinal) : !IsOurs(lines[0])) throw Strange(path);
        if (lines.Length == 0 || lines[0] != head) return false;
        foreach (var line in lines.Skip(1))
            if (Parsed(line) is { Key.Length: KeyDigits, Answer: not null } kept) answers[Number(kept.Key)] = kept;
        Found = answers.Count;
        file.SetLength(Encoding.UTF8.GetByteCount(text.AsSpan(0, text.LastIndexOf('\n') + 1)));
        file.Seek(0, SeekOrigin.End);
        return true;
    }

    void Begin(string head)
    {
        file.SetLength(0);
        Write(head + "\n");
    }

    void Write(string lines) => file.Write(Encoding.UTF8.GetBytes(lines));

    static KeptAnswer? Parsed(string line)
    {
        try { return JsonSerializer.Deserialize<KeptAnswer>(line); }
        catch (JsonException) { return null; } // a disk was full or a machine went down in the middle of it
    }

    static bool IsOurs(string line)
    {
        try { return JsonNode.Parse(line) is JsonObject head && head["tool"]?.ToString() == Tool && head["journal"] is not null; }
        catch (JsonException) { return false; }
    }

    static string Key(string run, NluRow row) => Digest(JsonSerializer.Serialize(new object?[]
    {
        run, row.Id, row.Task, row.Instruction, row.Question, row.Format, row.Options, row.Text,
    }));

    static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..KeyDigits];

    static UInt128 Number(string key) => BinaryPrimitives.ReadUInt128LittleEndian(Convert.FromHexString(key));

    static UserError Strange(string path) => new($"{path} is there already and is no journal of {Tool}; move it away, or name another file for "
        + "--predictions");
}
