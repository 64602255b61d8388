using System.Text.Json.Nodes;
using Anit.Models.Tests.Families;
using Anit.Models.Tests.Tokenizers;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Encoders;

public sealed class SentenceEncoderTests
{
    static readonly string[] texts = [.. Torture.Texts(seed: 5, 60), "the cat sat", "The cat sat on the mat.", ""];

    static double Largest(float[][] one, float[][] other) => one.Zip(other, (a, b) => a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max()).Max();

    [Theory]
    [InlineData("gelu", 32)]
    [InlineData("gelu_new", 32)]
    [InlineData("gelu", 36)] // heads of 18 channels, which the fused attention does not take
    public void Fused_layers_compute_what_the_operations_compute_one_by_one(string activation, int hidden)
    {
        using var folder = new EncoderFolder(hidden: hidden, activation: activation);
        using var model = BertEncoder.Load(folder.Folder);
        for (var seed = 0UL; seed < 20; seed++)
        {
            using var scope = NewDisposeScope();
            using var batch = new PackedBatch([.. Enumerable.Range(0, 1 + (int)seed % 6).Select(i =>
                Numbers.Tokens(1 + (int)(SplitMix64.At(seed, (ulong)i) % 40), model.Config.VocabSize, seed * 10 + (ulong)i))]);
            model.Unfused = false;
            var fused = model.Hidden(batch);
            model.Unfused = true;
            Numbers.Distance(fused, model.Hidden(batch)).ShouldBeLessThan(2e-6, $"seed {seed}");
        }
    }

    [Fact]
    public void A_text_s_vector_does_not_depend_on_its_company()
    {
        using var folder = new EncoderFolder();
        using var encoder = folder.Load();
        var together = encoder.Encode(texts);
        Largest(together, [.. texts.Select(t => encoder.Encode([t])[0])]).ShouldBeLessThan(1e-6);
        Largest(together, [.. encoder.Encode([.. texts.Reverse()]).Reverse()]).ShouldBeLessThan(1e-6);
        foreach (var vector in together) Math.Sqrt(vector.Sum(x => (double)x * x)).ShouldBe(1, 1e-6);
    }

    [Fact]
    public void Weights_may_stand_below_bert()
    {
        using var plain = new EncoderFolder();
        using var below = new EncoderFolder(names: "bert.");
        using var one = plain.Load();
        using var other = below.Load();
        other.Encode(texts).ShouldBe(one.Encode(texts));
    }

    [Fact]
    public void Weights_in_bfloat16_move_vectors_a_little()
    {
        using var folder = new EncoderFolder();
        using var exact = folder.Load();
        using var rounded = folder.Load(new() { Dtype = ScalarType.BFloat16 });
        Largest(exact.Encode(texts), rounded.Encode(texts)).ShouldBeInRange(1e-5, 0.05);
        rounded.Signature.ShouldNotBe(exact.Signature);
    }

    [Fact]
    public void A_causal_model_gives_the_mean_of_its_last_hidden_states()
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small with { VocabSize = SmallTokenizer.Size });
        File.WriteAllText(Path.Combine(checkpoint.Folder, "tokenizer.json"), SmallTokenizer.Plain().ToJsonString());
        using var encoder = SentenceEncoder.Load(checkpoint.Folder);
        using var model = checkpoint.Load();
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var batch = new PackedBatch([encoder.Tokens("the cat sat")]);
        var mean = model.Hidden(batch).mean([0]).data<float>().ToArray();
        Largest(encoder.Encode(["dog", "the cat sat"])[1..], [mean]).ShouldBeLessThan(1e-5);
        encoder.Signature.ShouldStartWith("llama@");
        Should.Throw<InvalidDataException>(() => encoder.Encode([""])).Message.ShouldContain("gives no token");
    }

    [Fact]
    public void A_prompt_stands_before_each_text_and_counts_unless_the_folder_says_otherwise()
    {
        using var folder = new EncoderFolder();
        folder.With("config_sentence_transformers.json", "prompts", new JsonObject { ["query"] = "the cat: ", ["passage"] = "" });
        using var plain = folder.Load();
        using var named = folder.Load(new() { Prompt = "query" });
        using var given = folder.Load(new() { Prefix = "the cat: " });
        var wanted = plain.Encode(["the cat: sat"]);
        named.Encode(["sat"]).ShouldBe(wanted);
        given.Encode(["sat"]).ShouldBe(wanted);
        folder.With("config_sentence_transformers.json", "default_prompt_name", "query");
        using (var preset = folder.Load()) preset.Encode(["sat"]).ShouldBe(wanted);
        Should.Throw<InvalidDataException>(() => folder.Load(new() { Prompt = "queries" })).Message.ShouldContain("has query, passage");

        folder.With("1_Pooling/config.json", "include_prompt", false);
        using var left = folder.Load();
        var states = Array.Empty<float>();
        left.States(["sat"], (_, _, s) => states = s.ToArray());
        var skipped = plain.Tokens("the cat: ").Length - 1; // all but [SEP]
        var mean = new Pooling([PoolingMode.Mean]).Of(states.AsSpan(skipped * 32), 32);
        var length = Math.Sqrt(mean.Sum(x => (double)x * x));
        Largest(left.Encode(["sat"]), [[.. mean.Select(x => (float)(x / length))]]).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void Poolings_are_those_of_the_definitions()
    {
        float[] states = [1, -4, 2, 6, 9, 1]; // three tokens of two channels
        float[] Of(params PoolingMode[] modes) => new Pooling(modes).Of(states, 2);
        Of(PoolingMode.Cls).ShouldBe([1, -4]);
        Of(PoolingMode.LastToken).ShouldBe([9, 1]);
        Of(PoolingMode.Max).ShouldBe([9, 6]);
        Of(PoolingMode.Mean).ShouldBe([4, 1]);
        Of(PoolingMode.MeanSqrtLen).ShouldBe([(float)(12 / Math.Sqrt(3)), (float)(3 / Math.Sqrt(3))]);
        Of(PoolingMode.WeightedMean).ShouldBe([32 / 6f, 11 / 6f]);
        Of(PoolingMode.Cls, PoolingMode.Mean).ShouldBe([1, -4, 4, 1]);
    }

    [Theory]
    [InlineData("cls", false)]
    [InlineData("lasttoken", true)] // as newer releases write it
    public void The_folder_says_how_to_pool(string mode, bool newer)
    {
        using var folder = new EncoderFolder();
        if (newer) folder.Write("1_Pooling/config.json", new() { ["embedding_dimension"] = 32, ["pooling_mode"] = mode });
        else folder.With("1_Pooling/config.json", "pooling_mode_mean_tokens", false).With("1_Pooling/config.json", "pooling_mode_cls_token", true);
        using var encoder = folder.Load();
        var states = Array.Empty<float>();
        encoder.States(["the cat"], (_, _, s) => states = s.ToArray());
        var one = mode == "cls" ? states[..32] : states[^32..];
        var length = Math.Sqrt(one.Sum(x => (double)x * x));
        Largest(encoder.Encode(["the cat"]), [[.. one.Select(x => (float)(x / length))]]).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void A_signature_names_weights_and_settings_and_no_path()
    {
        using var folder = new EncoderFolder();
        using var copy = new EncoderFolder();
        using var other = new EncoderFolder(seed: 2);
        string Signature(EncoderFolder f, EncoderOptions? options = null)
        {
            using var encoder = f.Load(options);
            SentenceEncoder.SignatureOf(f.Folder, options).ShouldBe(encoder.Signature);
            return encoder.Signature;
        }
        var signature = Signature(folder);
        signature.ShouldMatch("^bert@[0-9a-f]{16},32d$");
        Signature(copy).ShouldBe(signature);
        Signature(other).ShouldNotBe(signature);
        Signature(folder, new() { Prefix = "query: " }).ShouldNotBe(signature);
        copy.With("sentence_bert_config.json", "max_seq_length", 16);
        Signature(copy).ShouldNotBe(signature);
    }

    [Theory]
    [InlineData("1_Pooling/config.json", "pooling_mode_mean_tokens", "false", "no pooling mode is on")]
    [InlineData("1_Pooling/config.json", "pooling_mode", "\"attention\"", "pooling_mode attention is not supported; supported are cls")]
    [InlineData("config.json", "model_type", "\"mpnet\"", "model_type mpnet is not supported; supported are bert, gemma")]
    [InlineData("config.json", "position_embedding_type", "\"relative_key\"", "position_embedding_type relative_key is not supported")]
    [InlineData("config.json", "hidden_act", "\"relu\"", "hidden_act relu is not supported")]
    [InlineData("config.json", "is_decoder", "true", "is_decoder true is not supported")]
    [InlineData("config.json", "num_attention_heads", "5", "hidden_size 32 is no multiple of num_attention_heads 5")]
    [InlineData("config.json", "intermediate_size", "64", "config.json asks for [64, 32]")]
    [InlineData("config.json", "num_hidden_layers", "1", "has no place in this model")]
    [InlineData("sentence_bert_config.json", "max_seq_length", "0", "max_seq_length is 0, expected a whole number from 3")]
    public void What_is_not_computed_is_refused_by_name(string file, string key, string json, string named)
    {
        using var folder = new EncoderFolder();
        folder.With(file, key, JsonNode.Parse(json));
        var error = Should.Throw<InvalidDataException>(() => folder.Load());
        error.Message.ShouldContain(named);
        error.Message.ShouldContain(folder.Folder);
        error.Message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("modules.json", "no modules.json")]
    [InlineData("config.json", "no config.json")]
    [InlineData("tokenizer.json", "has no tokenizer.json")]
    [InlineData("model.safetensors", "neither model.safetensors nor")]
    [InlineData("1_Pooling/config.json", "no such file, though modules.json names the module")]
    public void What_is_missing_is_one_line_that_says_what_to_do(string file, string named)
    {
        using var folder = new EncoderFolder();
        File.Delete(Path.Combine(folder.Folder, file));
        Should.Throw<FileNotFoundException>(() => folder.Load()).Message.ShouldContain(named);
        Should.Throw<FileNotFoundException>(() => SentenceEncoder.Load(Path.Combine(folder.Folder, "none")))
            .Message.ShouldContain("no such model folder");
    }

    [Theory]
    [InlineData("Dense", "module Dense is not supported; supported are Transformer, Pooling, Normalize")]
    [InlineData(null, "modules are Transformer; expected Transformer, Pooling")]
    public void Other_modules_are_refused_by_name(string? third, string named)
    {
        using var folder = new EncoderFolder();
        JsonNode Module(string type, string path) => new JsonObject { ["type"] = $"sentence_transformers.models.{type}", ["path"] = path };
        folder.Write("modules.json", third is null ? new JsonArray(Module("Transformer", ""))
            : new JsonArray(Module("Transformer", ""), Module("Pooling", "1_Pooling"), Module(third, "2_Dense")));
        Should.Throw<InvalidDataException>(() => folder.Load()).Message.ShouldContain(named);
        File.WriteAllText(Path.Combine(folder.Folder, "modules.json"), "{}");
        Should.Throw<InvalidDataException>(() => folder.Load()).Message.ShouldContain("expected a list of modules");
    }

    [Fact]
    public void Weights_that_are_no_numbers_and_ids_beyond_the_vocabulary_are_refused()
    {
        using var folder = new EncoderFolder();
        using (var model = BertEncoder.Load(folder.Folder))
        {
            using var batch = new PackedBatch([[model.Config.VocabSize]]);
            Should.Throw<InvalidDataException>(() => model.Hidden(batch)).Message.ShouldContain("do tokenizer.json and config.json belong together?");
            using var tooLong = new PackedBatch([new int[41]]);
            Should.Throw<ArgumentException>(() => model.Hidden(tooLong)).Message.ShouldContain("41 tokens; the model has 40 positions");
        }
        var weights = Path.Combine(folder.Folder, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        BitConverter.TryWriteBytes(bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes)), float.NaN); // behind the header, the first tensor's first
        File.WriteAllBytes(weights, bytes);
        Should.Throw<InvalidDataException>(() => folder.Load()).Message.ShouldContain("holds NaN or infinity");
        folder.With("config.json", "vocab_size", 20);
        Should.Throw<InvalidDataException>(() => folder.Load()).Message.ShouldContain("config.json asks for [20, 32]");
    }
}
