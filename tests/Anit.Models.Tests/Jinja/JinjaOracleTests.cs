namespace Anit.Models.Tests.Jinja;

/// <summary>Templates of our own, which use what chat templates use, and real ones from a folder, rendered by us and by others.</summary>
public sealed class JinjaOracleTests(Xunit.Abstractions.ITestOutputHelper output)
{
    const int EachTemplate = 150;

    static readonly DateTime Now = new(2024, 7, 6, 15, 4, 5);

    static string Folder => Path.Combine(SharedData.Repository, "tests", "Anit.Models.Tests", "Jinja");

    [JinjaFact]
    public async Task Templates_render_as_Jinja_renders_them() =>
        AllEqual(await Compare(Path.Combine(Folder, "templates"), JinjaOracle.ByJinja));

    [NpmJinjaFact]
    public async Task Templates_render_as_the_npm_library_renders_them() =>
        AllEqual(await Compare(Path.Combine(Folder, "templates"), JinjaOracle.ByNpm, tame: true, except: "loops")); // it has no recursive loops

    [JinjaFact]
    public async Task Expressions_have_the_values_that_Jinja_gives_them()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "expressions.txt")).Where(l => l.Length > 0 && l[0] != '#').ToList();
        var cases = lines.ConvertAll(line => new Case(line.Replace("\\n", "\n", StringComparison.Ordinal), Variables()));
        var theirs = await JinjaOracle.ByJinja(cases);
        var wrong = new List<string>();
        foreach (var (one, expected) in cases.Zip(theirs))
        {
            var ours = JinjaOracle.ByUs(one, Now);
            if (ours.Text != expected.Text)
                wrong.Add($"{one.Template}\n    Jinja {expected.Text ?? expected.Error}\n    ours  {ours.Text ?? ours.Error}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(lines.Count > 190);
    }

    /// <summary>Templates of released models, which are not part of this project: ANIT_CHAT_TEMPLATES names a folder of *.jinja files.</summary>
    [RealTemplatesFact]
    public async Task Real_templates_render_as_Jinja_and_the_npm_library_render_them()
    {
        var folder = Environment.GetEnvironmentVariable("ANIT_CHAT_TEMPLATES")!;
        foreach (var name in new[] { "npm", "Jinja" })
        {
            var results = name == "npm" ? await Compare(folder, JinjaOracle.ByNpm, tame: true) : await Compare(folder, JinjaOracle.ByJinja);
            foreach (var template in results.GroupBy(r => r.Template))
            {
                output.WriteLine($"{name} {template.Key}: {template.Count(r => r.Same)} of {template.Count()} equal, "
                    + $"{template.Count(r => r.Ours.Text is not null)} texts");
                if (template.FirstOrDefault(r => !r.Same) is { } wrong) output.WriteLine(wrong.ToString());
            }
        }
    }

    sealed record Result(string Template, int Seed, Rendered Ours, Rendered Theirs)
    {
        public bool Same => Ours.Text == Theirs.Text;

        public override string ToString()
        {
            var (ours, theirs) = (Ours.Text ?? "", Theirs.Text ?? "");
            var at = ours.Zip(theirs).TakeWhile(p => p.First == p.Second).Count();
            string Part(string text) => text[Math.Max(0, Math.Min(at, text.Length) - 60)..Math.Min(text.Length, at + 60)];
            return $"{Template}, conversation {Seed}, from {at}:\n  theirs {Theirs.Error ?? Part(theirs)}\n  ours   {Ours.Error ?? Part(ours)}";
        }
    }

    static void AllEqual(List<Result> results)
    {
        Assert.True(results.TrueForAll(r => r.Same), string.Join('\n', results.Where(r => !r.Same).Take(10)));
        Assert.True(results.Count(r => r.Ours.Text is not null) > results.Count / 2); // most are texts, not errors on both sides
    }

    static async Task<List<Result>> Compare(string folder, Func<IEnumerable<Case>, Task<List<Rendered>>> oracle, bool tame = false,
        string? except = null)
    {
        var cases = new List<(string Name, int Seed, Case Case)>();
        foreach (var file in Directory.GetFiles(folder, "*.jinja").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (name == except) continue;
            for (var seed = 0; seed < EachTemplate; seed++)
                cases.Add((name, seed, new(File.ReadAllText(file), Conversations.Make(seed, seed % 3 == 2, tame))));
        }
        var theirs = await oracle(cases.Select(c => c.Case));
        return [.. cases.Zip(theirs, (c, expected) => new Result(c.Name, c.Seed, JinjaOracle.ByUs(c.Case, Now), expected))];
    }

    static Dictionary<string, object?> Variables() => new()
    {
        ["words"] = new[] { "b", "a", "C" }, ["n"] = 7, ["x"] = 2.5, ["text"] = "  Ab cd  ", ["none"] = null, ["yes"] = true,
        ["rows"] = new object[]
        {
            new Dictionary<string, object?> { ["k"] = "one", ["v"] = 1, ["in"] = new Dictionary<string, object?> { ["deep"] = "z" } },
            new Dictionary<string, object?> { ["k"] = "two", ["v"] = 2, ["in"] = new Dictionary<string, object?> { ["deep"] = "y" } },
            new Dictionary<string, object?> { ["k"] = "one", ["v"] = 3, ["in"] = new Dictionary<string, object?> { ["deep"] = "x" } },
        },
        ["map"] = new Dictionary<string, object?> { ["b"] = 2, ["a"] = 1, ["items"] = "hidden", ["C"] = 3 },
        ["emoji"] = "a👍b", ["empty"] = Array.Empty<object>(),
    };
}

/// <summary>A run over real templates; reported as skipped where no folder of them is named.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealTemplatesFactAttribute : FactAttribute
{
    public RealTemplatesFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("ANIT_CHAT_TEMPLATES") is null)
            Skip = "ANIT_CHAT_TEMPLATES names no folder of real chat templates (*.jinja)";
        else Skip = JinjaOracle.PythonMissing ?? JinjaOracle.NpmMissing;
    }
}
