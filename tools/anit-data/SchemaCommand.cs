using System.CommandLine;
using System.Text;
using Anit.Cli;

namespace Anit.Tools.Data;

/// <summary><c>anit-data schema FILE</c>: columns with their types, and the metadata.</summary>
static class SchemaCommand
{
    const int LongestValue = 300;

    public static Command Create()
    {
        var input = Opt.Input();
        var whole = new Option<bool>("--full") { Description = "Print metadata values in full." };
        var command = new Command("schema", "Prints a table's columns, types and metadata.") { input, whole }
            .Example("anit-data schema train.parquet");
        command.SetAction((given, stop) => Run(new(given.GetValue(input) ?? []), given.GetValue(whole), stop));
        return command;
    }

    static async Task<int> Run(TableInput input, bool full, CancellationToken stop)
    {
        await using var reader = await input.OpenAsync(stop);
        var text = new StringBuilder();
        foreach (var field in reader.Schema.Fields)
        {
            text.Append(Printable(field.ToString())).Append('\n');
            foreach (var (key, value) in field.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                text.Append($"  {Printable(key)} = {Value(value)}\n");
        }
        foreach (var (key, value) in reader.Schema.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append($"{Printable(key)} = {Value(value)}\n");
        await Console.Out.WriteAsync(text.ToString());
        return Exit.Done;

        string Value(string? value) => value is null ? "(no value)"
            : Printable(full || value.Length <= LongestValue ? value : value[..LongestValue] + $"... ({value.Length} characters; --full shows all)");
    }

    // Text from a file must not steer the terminal.
    static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
}
