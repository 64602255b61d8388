using System.Text.Json;

namespace Anit.Tools.Tests;

/// <summary>Small inputs of our own for the tools: rows, and a model folder that takes a second to train.</summary>
static class Samples
{
    static readonly string[] Cities = ["Arden", "Belmora", "Corvale", "Dunmere", "Eastwick", "Farholm", "Glenrock", "Hartfield"];
    static readonly string[] Verbs = ["visited", "left", "praised", "crossed", "painted"];

    /// <summary>JSONL rows of an entity task, a sentence of two names each.</summary>
    public static string Rows(int count, string split = "train") => string.Concat(Enumerable.Range(0, count).Select(i =>
    {
        var (a, b) = (Cities[i % 8], Cities[(i * 3 + 1) % 8]);
        return JsonSerializer.Serialize(new
        {
            id = $"tiny/{split}/{i:D6}", task = "ner", instruction = "Find the places in the text and name the kind of each one.",
            question = "Which places are there?", format = "type: word; type: word", options = new[] { "place", "person" },
            text = $"The band {Verbs[i % 5]} {a} before {b} in the {i % 97}th year.", target = $"place: {a}; place: {b}",
        }) + "\n";
    }));

    /// <summary>config.json of a model small enough for tests.</summary>
    public const string Config = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 400, "hidden_size": 32, "intermediate_size": 64,
         "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_act": "silu", "max_position_embeddings": 256, "rms_norm_eps": 1e-5,
         "rope_theta": 10000.0,
         "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": 2}
        """;

    /// <summary>Makes rows.jsonl and a model folder "base" that was trained for a few steps.</summary>
    public static void MakeModel(Workbench bench)
    {
        bench.Write("rows.jsonl", Rows(64));
        Directory.CreateDirectory(bench["scratch"]);
        bench.Write("scratch/config.json", Config);
        var made = bench.Bash("anit-train tokenizer rows.jsonl --vocab-size 400 --out scratch && " +
            "anit-train rows.jsonl --model scratch --init random --tune full --method plain --epochs 2 --batch 16 --accumulate 1 --lr 5e-3 --threads "
                + "1 --out base --quiet");
        if (made.Code != 0) throw new InvalidOperationException(made.ToString());
    }
}

/// <summary>A trained model folder for the tests of a class, which change nothing in it. It is trained once for all; each class has a copy.</summary>
public sealed class TrainedModel : IDisposable
{
    static readonly Lazy<Workbench> Made = new(() =>
    {
        var bench = new Workbench();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => bench.Dispose();
        Samples.MakeModel(bench);
        return bench;
    });

    public TrainedModel()
    {
        var copy = Bench.Bash($"cp -r {Made.Value.Folder}/* .");
        if (copy.Code != 0) throw new InvalidOperationException(copy.ToString());
    }

    public Workbench Bench { get; } = new();

    public string Rows => Bench["rows.jsonl"];

    public string Base => Bench["base"];

    public void Dispose() => Bench.Dispose();
}
