using System.CommandLine;
using System.Globalization;
using Anit.Samples;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var rows = new Option<long>("--rows") { Description = "How many rows.", DefaultValueFactory = _ => 200_000 };
var file = new Option<string>("--output", "-o") { Description = "File, or - for standard output.", DefaultValueFactory = _ => "-" };
var mixSeed = new Option<ulong>("--seed") { Description = "Number that every draw depends on.", DefaultValueFactory = _ => 1 };
var mix = new Command("base", "Write the mix that the base model is trained on, as JSON lines.") { rows, mixSeed, file };
mix.SetAction(given => Write(given.GetValue(file)!, new BaseMix(Grammar.Standard, given.GetValue(mixSeed)).Rows(given.GetValue(rows))));

var drill = new Command("drill", "Write the copying exercises that the base model starts with, as JSON lines.") { rows, mixSeed, file };
drill.SetAction(given => Write(given.GetValue(file)!, new CopyDrill(Grammar.Standard, given.GetValue(mixSeed)).Rows(given.GetValue(rows))));

var folder = new Option<string>("--output", "-o") { Description = "Folder.", DefaultValueFactory = _ => "data/samples" };
var demoSeed = new Option<ulong>("--seed") { Description = "Number that every draw depends on.", DefaultValueFactory = _ => DemoSet.CommittedSeed };
var demo = new Command("demo", "Write the demo's data as JSON lines: train, dev and test of four tasks, and of NER and "
    + "TC together.") { demoSeed, folder };
demo.SetAction(given =>
{
    var samples = new DemoSet(Grammar.Standard, given.GetValue(demoSeed));
    var place = Directory.CreateDirectory(given.GetValue(folder)!).FullName;
    foreach (var (name, made) in samples.Files())
    {
        using var stream = new BufferedStream(File.Create(Path.Combine(place, name)));
        foreach (var row in made) row.WriteTo(stream);
    }
});

var files = new Argument<string[]>("files") { Description = "Files of JSON lines." };
var stats = new Command("stats", "Print how long, varied and ambiguous the rows of each task are.") { files };
stats.SetAction(given =>
{
    foreach (var path in given.GetValue(files)!)
        foreach (var (task, statistics) in Statistics.Of(path))
            foreach (var line in statistics.Lines()) Console.WriteLine($"{Path.GetFileName(path)} {task}: {line}");
});

return new RootCommand("Writes the example rows that this project makes itself.") { drill, mix, demo, stats }.Parse(args).Invoke();

static void Write(string path, IEnumerable<Row> rows)
{
    using var stream = new BufferedStream(path == "-" ? Console.OpenStandardOutput() : File.Create(path), 1 << 16);
    foreach (var row in rows) row.WriteTo(stream);
}
