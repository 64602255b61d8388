using System.CommandLine;
using Anit.Cli;
using Anit.Tools.Eval.Tables;

namespace Anit.Tools.Eval;

/// <summary><c>anit-eval TABLE --model FOLDER</c>: answers every row, scores the answers, shows the scores.</summary>
static class EvaluateCommand
{
    public static RootCommand Root()
    {
        var flags = new EvaluateFlags();
        var root = new RootCommand("Answers every row with a model, greedily, and scores the answers.") { flags.Files.Input }
            .Example("anit-eval test.parquet --model Llama-3-8B --adapter adapter --instruction raw,noisy --predictions answers.parquet",
                "anit-eval test.parquet --model Llama-3-8B --adapter plain --adapter nrm --noise all6 --omega 0.1:0.5:0.1 --noise-seed 1,2,3",
                "anit-eval test.parquet --endpoint http://localhost:8000/v1 --model Qwen/Qwen3-8B --estimate",
                "anit-eval score answers.parquet");
        foreach (var option in flags.All) root.Options.Add(option);
        root.Add(ScoreCommand.Create());
        root.Add(CompareCommand.Create());
        root.Add(ArmsCommand.Create());
        root.Add(TableCommand.Create());
        OutOfMemory.Guard(root, "take a smaller --batch or --max-length, or --dtype bfloat16", async (given, stop) =>
        {
            var evaluation = await flags.Of(given, stop);
            return given.GetValue(flags.DryRun) ? await evaluation.ShowFirst(flags.Input(given), stop)
                : flags.Endpoint.OnlyEstimate(given) ? await evaluation.ShowEstimate(flags.Input(given), given.GetValue(flags.Limit), stop)
                : await evaluation.Run(flags.IO(given), given.GetValue(flags.Limit), stop);
        });
        return root;
    }
}
