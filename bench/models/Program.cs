// What a training step and generation cost, next to transformers and peft in the same run where a Python has them, and next to the matrix
// products alone, which no implementation can do without.
// dotnet run -c Release --project bench/models -- table [FOLDER]
// dotnet run -c Release --project bench/models [python3 with torch, transformers and peft]
// Processor time of one thread, medians of alternating rounds. Read the ratios.
using System.Diagnostics;
using System.Globalization;
using Anit.Bench;
using Anit.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["step", var real, .. var rest])
{
    // step FOLDER [float32|bfloat16] [threads]: one step of a real model, its peak memory, and its bare products
    new StepBench(real, rest is ["bfloat16", ..] ? ScalarType.BFloat16 : ScalarType.Float32, rest is [_, var wanted, ..] ? int.Parse(wanted) : 1)
        .Run(int.Parse(Environment.GetEnvironmentVariable("ROUNDS") ?? "5"));
    return;
}
var rounds = int.Parse(Environment.GetEnvironmentVariable("ROUNDS") ?? "5");
if (args is ["table", .. var folders])
{
    // table [FOLDER]: time, threads and memory of the two made-up shapes and of a real model
    new TableBench(folders is [var given, ..] ? given : null, rounds).Run();
    return;
}
if (args is ["row", var shape, var way, var threads, var steps])
{
    Console.WriteLine(new RowBench(shape, way, int.Parse(threads), int.Parse(steps)).Run());
    return;
}
set_num_threads(1);

var folder = Directory.CreateTempSubdirectory("anit-bench-").FullName;
File.WriteAllText(Path.Combine(folder, "config.json"), Work.Config.ToJson());
var lora = new LoraOptions(8, 16, 0) { Targets = ["q_proj", "k_proj", "v_proj", "o_proj"] };
using var model = CausalLm.Load(folder, new(Tune.Lora) { RandomInit = true, Lora = lora });
Directory.Delete(folder, recursive: true);

var sequences = Work.Lengths.Select((l, i) => Work.Tokens(l.Prompt + l.Answer, i)).ToArray();
var ours = new Dictionary<string, Action>
{
    ["step"] = () => Step(checkpointing: false),
    ["step, layers recomputed"] = () => Step(checkpointing: true),
    ["forward"] = () => { using var quiet = no_grad(); Step(checkpointing: false); },
    ["products of a step"] = () => Products(model.Config, sequences.Sum(s => s.Length)),
    ["generate"] = () => Generate(shared: 0, batch: 128),
    ["generate, batch 32"] = () => Generate(shared: 0, batch: 32),
    ["generate, 50 tokens shared"] = () => Generate(shared: 50, batch: 128),
};
using var rival = Rival.Start(args is [var python, ..] ? python : "/usr/bin/python3");
var times = ours.Keys.ToDictionary(name => name, _ => (Ours: new List<double>(), Theirs: new List<double>()));
foreach (var work in ours.Values) work(); // warm
for (var round = 0; round < rounds; round++)
    foreach (var (name, work) in ours)
    {
        var start = Environment.CpuUsage.TotalTime;
        work();
        times[name].Ours.Add((Environment.CpuUsage.TotalTime - start).TotalMilliseconds);
        if (rival?.Milliseconds(name) is { } theirs) times[name].Theirs.Add(theirs);
    }

Console.WriteLine($"{"",-30}{"ours",12}{"transformers",15}{"ratio",8}");
foreach (var (name, (mine, theirs)) in times)
    Console.WriteLine($"{name,-30}{Median(mine),9:F0} ms"
        + (theirs.Count == 0 ? "" : $"{Median(theirs),12:F0} ms{Median([.. mine.Zip(theirs, (a, b) => a / b)]),8:F2}"));
Console.WriteLine($"a step takes {Median(times["step"].Ours) / Median(times["products of a step"].Ours):F2} times its matrix products");
if (rival is null) Console.WriteLine("no Python with torch, transformers and peft; name one as the argument to compare with them");

void Step(bool checkpointing)
{
    using var scope = NewDisposeScope();
    using var batch = new PackedBatch(sequences);
    model.Checkpointing = checkpointing;
    var at = tensor(Work.Lengths.SelectMany((l, i) => Enumerable.Range(batch.Starts[i] + l.Prompt - 1, l.Answer)).Select(r => (long)r).ToArray());
    var labels = tensor(Work.Lengths.SelectMany((l, i) => sequences[i][l.Prompt..]).Select(t => (long)t).ToArray());
    var loss = model.Loss(model.Hidden(batch, at: at), labels) / (double)labels.size(0);
    if (is_grad_enabled()) loss.backward();
    foreach (var (_, value) in model.Trained) value.grad = null;
}

void Generate(int shared, int batch) => new Anit.Models.Generation.Generator(model).Greedy(
    [.. Work.Asked.Select((l, i) => Work.Tokens(l.Prompt, i, shared))], [.. Work.Asked.Select(l => l.Answer)], new HashSet<int>(), batch);

// Forward and the gradient of the inputs: 2 + 2 multiplications per weight and token, the output layer at answers only.
static void Products(ModelConfig c, int tokens)
{
    using var scope = NewDisposeScope();
    using var quiet = no_grad();
    var (narrow, wide) = (randn(tokens, c.HiddenSize), randn(tokens, c.IntermediateSize));
    var (square, up, down) = (randn(c.HiddenSize, c.HiddenSize), randn(c.IntermediateSize, c.HiddenSize), randn(c.HiddenSize, c.IntermediateSize));
    var (answers, head) = (randn(Work.Lengths.Sum(l => l.Answer), c.HiddenSize), randn(c.VocabSize, c.HiddenSize));
    for (var pass = 0; pass < 2; pass++)
    {
        for (var layer = 0; layer < c.NumHiddenLayers; layer++)
        {
            for (var i = 0; i < 4; i++) linear(narrow, square);
            for (var i = 0; i < 2; i++) linear(narrow, up);
            linear(wide, down);
        }
        linear(answers, head);
    }
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
