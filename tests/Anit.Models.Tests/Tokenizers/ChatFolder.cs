using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Models.Tests.Tokenizers;

/// <summary>A folder with a small tokenizer that knows the marks of the test templates, and a chat template.</summary>
public sealed class ChatFolder : IDisposable
{
    public const string Marks = "<s> </s> <|begin|> <|end|> <|head|> <|/head|> <|eot|> <turn> </turn> <|b|> <|e|> <think> </think>";

    readonly TemporaryFolder folder = new();

    public ChatFolder(string? template)
    {
        var tokenizer = SmallTokenizer.Plain().With("decoder",
            """{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]}""");
        var (vocab, added) = (tokenizer["model"]!["vocab"]!.AsObject(), tokenizer["added_tokens"]!.AsArray());
        foreach (var mark in Marks.Split(' '))
        {
            if (!vocab.ContainsKey(mark)) vocab[mark] = vocab.Count;
            added.Add(new JsonObject
            {
                ["id"] = vocab[mark]!.GetValue<int>(), ["content"] = mark, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false,
                ["normalized"] = false, ["special"] = !mark.Contains("think", StringComparison.Ordinal),
            });
        }
        folder.Write("tokenizer.json", tokenizer.ToJsonString());
        Config(new { bos_token = "<s>", eos_token = new { content = "</s>" }, add_bos_token = true });
        if (template is not null) folder.Write("chat_template.jinja", template);
    }

    public string Path => folder.Path;

    public Tokenizer Tokenizer => Tokenizer.Load(Path);

    /// <summary>One of the templates beside these tests.</summary>
    public static string Template(string name) =>
        File.ReadAllText(System.IO.Path.Combine(SharedData.Repository, "tests", "Anit.Models.Tests", "Jinja", "templates", name + ".jinja"));

    public void Config(object config) => folder.Write("tokenizer_config.json", JsonSerializer.Serialize(config));

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.Combine(Path, name))!);
        folder.Write(name, text);
    }

    public ChatEncoder Encoder(string? system = null) => new(Tokenizer, ChatTemplate.Load(Path), system);

    public void Dispose() => folder.Dispose();
}
