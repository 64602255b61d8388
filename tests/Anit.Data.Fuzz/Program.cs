// Reads damaged files until the count is reached; every finding is kept as a file with its reason.
//   dotnet run -c Release --project tests/Anit.Data.Fuzz -- <folder of good files> [count] [seed] [extension] [folder for findings]

using System.Diagnostics;
using Anit.Data.Fuzz;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: fuzz <folder of good files> [count] [seed] [extension] [folder for findings]");
    return 2;
}
const long Largest = 40_000;
var count = args.Length > 1 ? long.Parse(args[1]) : 100_000;
var seed = args.Length > 2 ? int.Parse(args[2]) : 1;
var extension = args.Length > 3 ? args[3] : "*";
var findings = args.Length > 4 ? args[4] : null;

var files = Directory.EnumerateFiles(args[0], "*", SearchOption.AllDirectories)
    .Where(f => (f.Contains("/good/") || !f.Contains("/bad/")) && !f.EndsWith(".gz", StringComparison.Ordinal) && !f.EndsWith(".md", StringComparison.Ordinal) && !f.EndsWith(".jsonl", StringComparison.Ordinal))
    .Where(f => extension == "*" || f.EndsWith(extension, StringComparison.Ordinal))
    .Where(f => new FileInfo(f).Length is > 0 and <= Largest)
    .Order(StringComparer.Ordinal).Select(f => (Name: f, Bytes: File.ReadAllBytes(f))).ToArray();
if (files.Length == 0)
{
    Console.Error.WriteLine($"no files of at most {Largest:N0} bytes under {args[0]}");
    return 2;
}

var clock = Stopwatch.StartNew();
var found = 0;
for (long i = 0; i < count; i++)
{
    var random = new Random(HashCode(seed, i));
    var (name, bytes) = files[random.Next(files.Length)];
    var damaged = Mutator.Mutate(bytes, random);
    if (Probe.Fault(damaged) is { } fault)
    {
        found++;
        Console.WriteLine($"{Path.GetFileName(name)} mutation {i} seed {seed}: {fault}");
        if (findings is not null)
        {
            Directory.CreateDirectory(findings);
            File.WriteAllBytes(Path.Combine(findings, $"{seed}-{i}-{Path.GetFileName(name)}"), damaged);
        }
        if (found >= 50) break;
    }
    if ((i + 1) % 100_000 == 0) Console.Error.WriteLine($"{i + 1:N0} of {files.Length} files, {found} findings, {(i + 1) / clock.Elapsed.TotalSeconds:N0}/s");
}
Console.WriteLine($"{count:N0} mutations of {files.Length} files, {found} findings, {clock.Elapsed.TotalSeconds:F0} s");
return found == 0 ? 0 : 1;

static int HashCode(int seed, long i)
{
    var hash = (ulong)i * 0x9E3779B97F4A7C15 ^ (ulong)seed * 0xC2B2AE3D27D4EB4F;
    hash ^= hash >> 29;
    return (int)(hash * 0xBF58476D1CE4E5B9 >> 32);
}
