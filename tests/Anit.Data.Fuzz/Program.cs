// Reads damaged files until the count is reached; every finding is kept as a file with its reason.
//   dotnet run -c Release --project tests/Anit.Data.Fuzz -- <folder of tables> [count] [seed] [kind] [folder for findings]
// kind: an extension such as .parquet, text (the tables as JSON lines, JSON array and CSV), or * for all.

using System.Diagnostics;
using Anit.Data.Fuzz;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: fuzz <folder of tables> [count] [seed] [kind] [folder for findings]");
    return 2;
}
const int OnwardEvery = 4; // a part of what can be read goes through the writers, too
const int MostFindings = 50;
var hang = TimeSpan.FromMinutes(2);
var count = args.Length > 1 ? long.Parse(args[1]) : 100_000;
var seed = args.Length > 2 ? int.Parse(args[2]) : 1;
var kind = args.Length > 3 ? args[3] : "*";
var findings = args.Length > 4 ? args[4] : null;

var files = Seeds.Load(args[0], kind);
if (files.Length == 0)
{
    Console.Error.WriteLine($"no tables of the kind {kind} under {args[0]}");
    return 2;
}

var clock = Stopwatch.StartNew();
var found = 0;
(string Name, long Index, byte[] Bytes, TimeSpan Begun) now = ("", 0, [], default);
using var watch = new Timer(_ =>
{
    if (Environment.CpuUsage.TotalTime - now.Begun < hang) return;
    Keep("hangs");
    Environment.Exit(1);
}, null, hang, hang / 4);
for (long i = 0; i < count; i++)
{
    var random = new Random(HashCode(seed, i));
    var (name, bytes) = files[random.Next(files.Length)];
    now = (name, i, Mutator.Mutate(bytes, random), Environment.CpuUsage.TotalTime);
    if (Probe.Fault(now.Bytes, onward: i % OnwardEvery == 0) is { } fault)
    {
        found++;
        Keep(fault);
        if (found >= MostFindings) break;
    }
    if ((i + 1) % 100_000 == 0)
        Console.Error.WriteLine($"{i + 1:N0} of {files.Length} files, {found} findings, {(i + 1) / clock.Elapsed.TotalSeconds:N0}/s");
}
Console.WriteLine($"{count:N0} mutations of {files.Length} files, {found} findings, {clock.Elapsed.TotalSeconds:F0} s");
return found == 0 ? 0 : 1;

void Keep(string fault)
{
    Console.WriteLine($"{now.Name} mutation {now.Index} seed {seed}: {fault}");
    if (findings is null) return;
    Directory.CreateDirectory(findings);
    File.WriteAllBytes(Path.Combine(findings, $"{seed}-{now.Index}-{Path.GetFileName(now.Name)}"), now.Bytes);
}

static int HashCode(int seed, long i)
{
    var hash = (ulong)i * 0x9E3779B97F4A7C15 ^ (ulong)seed * 0xC2B2AE3D27D4EB4F;
    hash ^= hash >> 29;
    return (int)(hash * 0xBF58476D1CE4E5B9 >> 32);
}
