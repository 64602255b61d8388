using System.Diagnostics;
using System.Globalization;
using System.Text;
using Anit.Data;
using Anit.Noise;

// Instructions and pairs a second of one core. CPU time, so that other work on the machine does not count:
//   dotnet run -c Release --project bench/noise [PAIRS.tsv]
// With a name, the pairs are written there too, for rapidfuzz.cpp.
const int Rows = 20_000, MeanWords = 25;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var random = new Rng(1, "rows", "bench");
var words = Vocabulary.English.All;
var texts = Enumerable.Range(0, Rows)
    .Select(_ => string.Join(' ', Enumerable.Range(0, MeanWords - 5 + random.Below(11)).Select(_ => words[random.Below(words.Count)]))).ToArray();
var clean = texts.Select(Encoding.UTF8.GetBytes).ToArray();
var ids = Enumerable.Range(0, Rows).Select(i => Encoding.UTF8.GetBytes($"bench/train/{i:000000}")).ToArray();
Console.WriteLine($"{Rows:N0} instructions, {texts.Average(t => Words.In(t).Count):0.0} words each, omega 0.2\n");
Console.WriteLine($"{"",-34} {"a CPU second",14} {"ns",8} {"bytes",8}");

var strength = new Strength(0.2m);
var pool = new ContextPool();
for (var i = 0; i < 1_000; i++) pool.Add(ids[i], texts[i]);
INoise[] kinds =
[
    new Replace(Vocabulary.English, strength), new Truncate(strength), new Shuffle(strength), new Shuffle(strength, ShuffleKind.Permute),
    new Insert(Vocabulary.English, strength), new Pad(pool, strength), new Opposite(strength),
];
foreach (var kind in kinds)
{
    var noiser = new Noiser([new(kind)], 42);
    Measure($"{kind.Name}{(kind is Shuffle { Kind: ShuffleKind.Permute } ? " (permute)" : "")}", i => noiser.Apply(ids[i], clean[i]));
}

var labels = new ForbiddenWords(["organization", "person", "location", "else"]);
var replace = new Noiser([new(kinds[0])], 42);
Measure("replace, labels kept out", i => replace.Apply(ids[i], clean[i], labels));
var few = new Noiser([new(kinds[0])], 42);
Measure("replace, 8 different texts", i => few.Apply(ids[i], clean[i & 7]));
var selection = Selection.Bernoulli(42, 0.5m);
Measure("selection by key", i => selection.IsNoisy(ids[i]));

Console.WriteLine();
foreach (var kind in kinds)
{
    var noiser = new Noiser([new(kind)], 42);
    var noisy = Enumerable.Range(0, Rows).Select(i => noiser.Apply($"bench/train/{i:000000}", texts[i])).ToArray();
    var distance = new WordDistance();
    Measure($"distance to {kind.Name}{(kind is Shuffle { Kind: ShuffleKind.Permute } ? " (permute)" : "")}",
        i => distance.Between(texts[i], noisy[i]));
}
var both = new WordDistance();
if (args is [var file])
    File.WriteAllLines(file, Enumerable.Range(0, Rows).SelectMany(i => new[]
    {
        $"replace\t{texts[i]}\t{new Noiser([new(kinds[0])], 42).Apply($"bench/train/{i:000000}", texts[i])}",
        $"unrelated\t{texts[i]}\t{texts[(i + 1) % Rows]}",
    }));
Measure("distance of unrelated texts", i => both.Between(texts[i], texts[(i + 1) % Rows]));
var again = Enumerable.Range(0, Rows).Select(i => few.Apply($"bench/train/{i:000000}", texts[i & 7])).ToArray();
Measure("distance to replace, 8 texts", i => both.Between(texts[i & 7], again[i]));
var numbered = texts.Select(t => t.Split(' ').Select(w => w.GetHashCode(StringComparison.Ordinal)).ToArray()).ToArray();
var noisyTexts = Enumerable.Range(0, Rows).Select(i => few.Apply($"bench/train/{i:000000}", texts[i])).ToArray();
foreach (var (what, other) in new[] { ("replace", noisyTexts), ("unrelated texts", [.. texts.Skip(1), texts[0]]) })
{
    var pairs = texts.Zip(other, Numbered).ToArray();
    Measure($"distance on numbers, {what}", i => Levenshtein.BitParallel(pairs[i].Clean, pairs[i].Noisy, pairs[i].Symbols));
}
Measure("the same, textbook on numbers", i => Levenshtein.TwoRows(numbered[i], numbered[(i + 1) % Rows]));

Console.WriteLine();
var schema = new Schema([new("id", DataType.Utf8), new("instruction", DataType.Utf8)]);
var batch = new ColumnBatch(schema, [Utf8Column.Of(ids.Select(Encoding.UTF8.GetString)), Utf8Column.Of(texts)]);
var stage = new NoiseTransform(schema, new(), () => new([new(kinds[0])], 42));
var chosen = Enumerable.Repeat(true, Rows).ToArray();
Measure("rows through the noise stage", i => { if (i == 0) stage.Apply(new(batch, 0, chosen)); });
var made = stage.Apply(new(batch, 0, chosen)).Batch;
var score = new ScoreTransform(new(), BetaScope.Dataset);
Measure("rows through both score passes", i =>
{
    if (i != 0) return;
    var scoring = new RbeScoring(Normalization.MinMax);
    scoring.Look(score.Pairs(made, 0));
    score.Apply(made, 0, scoring, scoring.Facts(BetaScope.Dataset).Beta);
});

// Words by their place in the clean text; -1 for those that it lacks.
static (int[] Clean, int[] Noisy, int Symbols) Numbered(string clean, string noisy)
{
    var numbers = new Dictionary<string, int>();
    var words = clean.Split(' ').Select(w => numbers.TryGetValue(w, out var n) ? n : numbers[w] = numbers.Count).ToArray();
    return (words, [.. noisy.Split(' ').Select(w => numbers.GetValueOrDefault(w, -1))], numbers.Count);
}

// The best of several rounds over all rows, after the compiler has settled.
void Measure(string what, Action<int> one)
{
    var process = Process.GetCurrentProcess();
    GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true); // texts lie side by side, as in a column
    var best = double.MaxValue;
    var bytes = 0L;
    var clock = Stopwatch.StartNew();
    for (var round = 0; round < 400 && (clock.Elapsed.TotalSeconds < 2.5 || round < 8); round++)
    {
        var (allocated, before) = (GC.GetAllocatedBytesForCurrentThread(), process.UserProcessorTime + process.PrivilegedProcessorTime);
        for (var i = 0; i < Rows; i++) one(i);
        process.Refresh();
        best = Math.Min(best, (process.UserProcessorTime + process.PrivilegedProcessorTime - before).TotalSeconds);
        bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
    }
    Console.WriteLine($"{what,-34} {Rows / best,14:N0} {best / Rows * 1e9,8:N0} {(double)bytes / Rows,8:N0}");
}
