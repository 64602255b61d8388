using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Models;
using Anit.Tools;

namespace Anit.Train;

/// <summary><c>anit-train tokenizer</c>: learns a byte-level BPE vocabulary from the texts of tables.</summary>
static class TokenizerCommand
{
    static readonly string[] TextColumns = ["instruction", "noisy_instruction", "question", "format", "text", "target"];

    public static Command Create()
    {
        var inputs = new Argument<string[]>("tables") { Arity = ArgumentArity.OneOrMore, Description = "Tables whose instruction, question, format, options, text and target are learned from." };
        var output = new Option<string>("--out", "-o") { Description = "Folder that gets tokenizer.json and tokenizer_config.json.", Required = true, HelpName = "folder" };
        var size = Opt.Count("--vocab-size", "Tokens in all.", 8192, from: 260);
        var command = new Command("tokenizer", "Learns a byte-level BPE tokenizer from the texts of tables and writes it as Hugging Face files.") { inputs, output, size }
            .Example("anit-train tokenizer data/samples/train.jsonl --vocab-size 1024 --out out/tokenizer");
        command.SetAction(async (given, stop) =>
        {
            var trainer = new BpeTrainer(new(VocabSize: given.GetValue(size)));
            foreach (var path in given.GetRequiredValue(inputs))
                await Learn(trainer, path, stop);
            trainer.Write(given.GetRequiredValue(output));
        });
        return command;
    }

    static async Task Learn(BpeTrainer trainer, string path, CancellationToken stop)
    {
        await using var reader = await new TableInput(path).OpenAsync(stop);
        if (!TextColumns.Any(c => reader.Schema.IndexOf(c) >= 0))
            throw new DataFormatException($"{path}: none of the columns {string.Join(", ", TextColumns)}; it has {string.Join(", ", reader.Schema.Fields.Select(f => f.Name))}");
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
