using System.CommandLine;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Train;

/// <summary><c>anit-train tokenizer</c>: learns a byte-level BPE vocabulary from the texts of tables.</summary>
static class TokenizerCommand
{
    static readonly string[] Files = ["tokenizer.json", "tokenizer_config.json"];
    static readonly string[] TextColumns = ["instruction", "noisy_instruction", "question", "format", "text", "target"];

    public static Command Create()
    {
        var inputs = new Argument<string[]>("tables") { Arity = ArgumentArity.OneOrMore, Description = "Tables whose instruction, question, format, "
            + "options, text and target are learned from." };
        var output = new Option<string>("--out", "-o") { Description = "Folder that gets tokenizer.json and tokenizer_config.json.", Required = true,
            HelpName = "folder" };
        var size = Opt.Count("--vocab-size", "Tokens in all.", 8192, from: 260);
        var force = new Option<bool>("--force") { Description = "Replace an earlier tokenizer of ours." };
        var command = new Command("tokenizer", "Learns a byte-level BPE tokenizer from the texts of tables and writes it as Hugging "
            + "Face files.") { inputs, output, size, force }
            .Example("anit-train tokenizer data/samples/train.jsonl --vocab-size 1024 --out out/tokenizer");
        command.SetAction(async (given, stop) =>
        {
            var (tables, folder) = (given.GetRequiredValue(inputs), given.GetRequiredValue(output));
            var trainer = new BpeTrainer(new(VocabSize: given.GetValue(size)));
            (string, string?)[] read = [.. tables.Select(t => ("a table", (string?)t))];
            using var place = IsShared(OutputFolder.Locate(folder, read)) ? null : new OutputFolder(folder, read);
            place?.Begin(Files);
            foreach (var path in tables) await Learn(trainer, path, stop);
            if (place is null) Add(trainer, folder);
            else Replace(trainer, place, given.GetValue(force));
        });
        return command;
    }

    /// <summary>Whether the folder is the user's and gets the two files added, as one with a config.json for a model from scratch.</summary>
    static bool IsShared(string folder) => Directory.Exists(folder) && Manifest.Foreign(folder) is not null;

    static void Add(BpeTrainer trainer, string folder)
    {
        var made = Directory.CreateTempSubdirectory("anit-tokenizer-").FullName;
        try
        {
            trainer.Write(made);
            foreach (var name in Files)
                if (File.Exists(Path.Combine(folder, name)) && !Same(made, folder, name))
                    throw new UserError($"{folder} holds another {name}, and files that are not ours; move it away or choose another --out");
            foreach (var name in Files)
                if (!File.Exists(Path.Combine(folder, name))) AtomicCopy(Path.Combine(made, name), Path.Combine(folder, name));
        }
        finally
        {
            Directory.Delete(made, recursive: true);
        }
    }

    static void Replace(BpeTrainer trainer, OutputFolder place, bool force)
    {
        trainer.Write(place.Part);
        if (place.Result is not null && !force)
        {
            if (Files.All(name => Same(place.Part, place.Name, name))) return;
            throw new UserError($"{place.Name} holds another result; replace it with --force or choose another --out");
        }
        place.Commit("""{"tool": "anit-train tokenizer"}""");
    }

    static bool Same(string one, string other, string name) =>
        File.Exists(Path.Combine(other, name))
            && File.ReadAllBytes(Path.Combine(one, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(other, name)));

    static void AtomicCopy(string from, string to)
    {
        File.Copy(from, to + ".part", overwrite: true);
        File.Move(to + ".part", to);
    }

    static async Task Learn(BpeTrainer trainer, string path, CancellationToken stop)
    {
        await using var reader = await new TableInput(path).OpenAsync(stop);
        if (!TextColumns.Any(c => reader.Schema.IndexOf(c) >= 0))
            throw new DataFormatException($"{path}: none of the columns {string.Join(", ", TextColumns)}; it has "
                + $"{string.Join(", ", reader.Schema.Fields.Select(f => f.Name))}");
        await foreach (var batch in reader.ReadBatchesAsync(stop))
        {
            foreach (var name in TextColumns.Where(c => reader.Schema.IndexOf(c) >= 0))
                for (var row = 0; row < batch.Rows; row++)
                    // With the space that a field's value has before it in a prompt.
                    if (batch[name].Text(row) is { } text) trainer.Add(" " + text);
            if (reader.Schema.IndexOf("options") < 0) continue;
            for (var row = 0; row < batch.Rows; row++)
                foreach (var option in batch["options"].TextList(row) ?? [])
                    trainer.Add(" " + option);
        }
        trainer.Add("Instruction: Question: Format: Option: Text:\nAnswer:");
    }
}
