using System.Diagnostics;

namespace Anit.Tools.Train;

/// <summary>Shows what a run would do: its steps, its size, and its first example with the tokens that the loss covers.</summary>
static class DryRun
{
    public static void Show(IReadOnlyList<Example> examples, TrainOptions options, ExampleBuilder builder, Trainer trainer, CausalLm model)
    {
        var lengths = examples.Select(e => e.Inputs).Order().ToArray();
        var first = Trainer.BatchesOf(examples, options).Epoch(0).First()[0];
        var most = options.MostTokens > 0 ? $"{options.Accumulate:N0} times {options.MostTokens:N0} tokens"
            : $"{options.MicroBatch * options.Accumulate:N0} rows";
        Console.WriteLine($"steps           {trainer.Steps:N0} of up to {most}, {options.Epochs} epochs");
        Console.WriteLine($"tokens          {lengths.Sum(l => (long)l):N0} an epoch; a row has {lengths[0]} to {lengths[^1]}, median "
            + $"{lengths[lengths.Length / 2]}");
        Console.WriteLine($"trained         {model.Trained.Sum(t => t.Value.numel()):N0} parameters, "
            + $"{model.Trained.Sum(t => t.Value.numel()) * 16 / 1e6:N1} MB with gradients and optimizer state");
        if (model.Options.Device.type == TorchSharp.DeviceType.CPU)
            Console.WriteLine("peak memory     "
                + $"about {(Process.GetCurrentProcess().WorkingSet64 + trainer.PeakBytes()) / 1e9:0.00} GB, model included");
        Console.WriteLine($"first batch     {first.Count} rows, {first.Sum(e => e.Inputs):N0} input tokens, {first.Sum(e => e.Targets):N0} "
            + "in the loss");
        Console.WriteLine($"first row       {first[0].Id}, beta {first[0].Beta:0.####}");
        Console.WriteLine("  no loss on    " + Quoted(builder.Decode(first[0].Prompt)));
        foreach (var (ids, learned) in Runs(first[0]))
            Console.WriteLine((learned ? "  loss on       " : "  no loss on    ") + Quoted(builder.Decode(ids)));
    }

    // The answer, cut where the loss begins or ends to cover it: in a conversation the user speaks between answers.
    static IEnumerable<(int[] Ids, bool Learned)> Runs(Example example)
    {
        for (int from = 0, to; from < example.Answer.Length; from = to)
        {
            var learned = example.Learned?[from] ?? true;
            for (to = from + 1; to < example.Answer.Length && (example.Learned?[to] ?? true) == learned; to++) { }
            yield return (example.Answer[from..to], learned);
        }
    }

    static string Quoted(string text) => '"' + text.Replace("\n", "\\n", StringComparison.Ordinal) + '"';
}
