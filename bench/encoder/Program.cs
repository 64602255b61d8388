// Texts a second of a sentence encoder, next to the matrix products it cannot do without and to the machine's own sgemm, all in one run:
//   dotnet run -c Release --project bench/encoder -- FOLDER [float32|bfloat16] [threads]
// FOLDER is a sentence-transformers folder. Processor time, least of the rounds; read the ratios.
using System.Globalization;
using Anit.Models;
using Anit.Nlu;
using Anit.Noise;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is not [var folder, .. var rest])
{
    Console.WriteLine("bench/encoder needs the folder of a sentence encoder; skipped");
    return;
}
const int Texts = 1000;
var dtype = rest is ["bfloat16", ..] ? ScalarType.BFloat16 : ScalarType.Float32;
set_num_threads(rest is [_, var wanted, ..] ? int.Parse(wanted) : 1);
var rounds = int.Parse(Environment.GetEnvironmentVariable("ROUNDS") ?? "5");

using var encoder = SentenceEncoder.Load(folder, new() { Dtype = dtype });
var texts = Distinct();
var tokens = texts.Select(encoder.Tokens).ToArray();
var total = tokens.Sum(t => (long)t.Length);
var config = BertConfig.FromFolder(folder);
var (c, i) = ((double)config.HiddenSize, (double)config.IntermediateSize);
var products = 2 * total * config.NumHiddenLayers * (4 * c * c + 2 * c * i);
var flops = products + tokens.Sum(t => 4.0 * t.Length * t.Length) * c * config.NumHiddenLayers;

(string Name, double Flops, Action Work)[] works =
[
    ("encode", flops, () => encoder.Encode(texts)),
    ("tokens alone", 0, () => { foreach (var text in texts) encoder.Tokens(text); }),
    ("its products alone", products, () => Products(2048)),
    ("sgemm, 1536 x 1536 x 1536", 2 * 8 * Math.Pow(1536, 3), Square()),
];
foreach (var (_, _, work) in works) work(); // warm
var times = works.ToDictionary(w => w.Name, _ => (Cpu: double.PositiveInfinity, Wall: double.PositiveInfinity));
for (var round = 0; round < rounds; round++)
    foreach (var (name, _, work) in works)
    {
        var (cpu, wall) = (Environment.CpuUsage.TotalTime, System.Diagnostics.Stopwatch.StartNew());
        work();
        var (least, soonest) = times[name];
        times[name] = (Math.Min(least, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds), Math.Min(soonest, wall.Elapsed.TotalSeconds));
    }

Console.WriteLine($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}, {dtype}, {get_num_threads()} threads, "
    + $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}: {Texts} texts of {(double)total / Texts:0.0} tokens");
Console.WriteLine($"{"",-28}{"cpu s",8}{"wall s",8}{"GFLOP/cpu s",13}{"of sgemm",10}");
var (_, most, _) = works[^1];
var ceiling = most / times[works[^1].Name].Cpu;
foreach (var (name, work, _) in works)
{
    var (cpu, wall) = times[name];
    Console.WriteLine($"{name,-28}{cpu,8:0.000}{wall,8:0.000}" + (work == 0 ? "" : $"{work / cpu / 1e9,13:0.0}{work / cpu / ceiling,10:0.00}"));
}
Console.WriteLine($"{Texts / times["encode"].Cpu:0.0} texts a processor second, {total / times["encode"].Cpu:0} tokens; peak memory "
    + $"{System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");

// Noisy detailed instructions for named entities, every one another.
static string[] Distinct()
{
    var clean = InstructionSet.Detailed.For("conll2003", "ner")[0].Instruction;
    var noiser = new Noiser([new(new Replace(Vocabulary.English, new Strength(0.2m)))], 42);
    return [.. Enumerable.Range(0, 4 * Texts).Select(i => noiser.Apply($"bench/{i:000000}", clean)).Distinct().Take(Texts)];
}

void Products(int batch)
{
    using var quiet = no_grad();
    using var scope = NewDisposeScope();
    var (width, inner) = (config.HiddenSize, config.IntermediateSize);
    var (square, up, down) = (randn(width, width), randn(inner, width), randn(width, inner));
    for (var left = total; left > 0; left -= batch)
    {
        using var part = NewDisposeScope();
        var rows = Math.Min(batch, left);
        var (narrow, wide) = (randn(rows, width), empty(rows, inner).fill_(0.5f));
        for (var layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            for (var p = 0; p < 4; p++) linear(narrow, square).Dispose();
            linear(narrow, up).Dispose();
            linear(wide, down).Dispose();
        }
    }
}

static Action Square()
{
    var (a, b) = (randn(1536, 1536), randn(1536, 1536));
    return () =>
    {
        for (var i = 0; i < 8; i++) a.mm(b).Dispose();
    };
}
