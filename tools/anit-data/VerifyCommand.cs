using System.CommandLine;
using Anit.Cli;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data verify FILE...</c>: recomputes the receipts from the rows and names the first stage that differs.</summary>
static class VerifyCommand
{
    public static Command Create()
    {
        var inputs = new Argument<string[]>("input") { Description = "Tables with receipts; standard input when absent or -.",
            Arity = ArgumentArity.ZeroOrMore };
        var quiet = Opt.Quiet();
        var command = new Command("verify", "Recomputes the chain of receipts from the rows.") { inputs, quiet }
            .Example("anit-data verify scored.parquet");
        command.SetAction(async (given, stop) =>
        {
            var bad = 0;
            foreach (var path in new TableInput(given.GetValue(inputs) ?? []).Paths)
                if (!await CheckAsync(new(path), given.GetValue(quiet), stop)) bad++;
            return bad == 0 ? Exit.Done : Exit.BadData;
        });
        return command;
    }

    static async Task<bool> CheckAsync(TableInput input, bool quiet, CancellationToken stop)
    {
        await using var reader = await input.OpenAsync(columns: null, stop);
        var findings = await ChainCheck.OfAsync(reader, stop);
        if (findings.Count == 0)
        {
            Notice.Say($"{input.Name}: no receipts, nothing to verify; tables written by ANIT's tools as Parquet or Arrow have them");
            return false;
        }
        if (!quiet) foreach (var finding in findings) Console.Out.WriteLine(Line(finding));
        if (findings.FirstOrDefault(finding => finding.State == ReceiptState.Differs) is not { } first) return true;
        Notice.Say($"{input.Name}: the first stage that differs is {first.Receipt.Tool}: {first.Remark}");
        return false;
    }

    static string Line(ReceiptFinding finding)
    {
        var receipt = finding.Receipt;
        var state = finding.State switch { ReceiptState.Verified => "verified", ReceiptState.Linked => "linked  ", _ => "DIFFERS " };
        var remark = finding.Remark.Length > 0 ? $"  ({finding.Remark})" : "";
        return $"{state}  {receipt.Tool} {receipt.Version}  {receipt.Count} rows  {receipt.Rows}{remark}";
    }
}
