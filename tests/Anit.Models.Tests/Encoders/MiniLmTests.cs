using System.Text.Json;
using Shouldly;
using Xunit.Abstractions;

namespace Anit.Models.Tests.Encoders;

/// <summary>A real all-MiniLM-L6-v2 against what sentence-transformers 6.2 computed with it.</summary>
public sealed class MiniLmTests(ITestOutputHelper output)
{
    static string Folder => SharedData.Path("models", "all-MiniLM-L6-v2");

    static string[] Texts => JsonSerializer.Deserialize<string[]>(File.ReadAllText(Path.Combine(Folder, "reference", "texts.json")))!;

    static float[][] Reference()
    {
        using var file = new SafetensorsFile(Path.Combine(Folder, "reference", "vectors.safetensors"));
        var stored = file.Tensors.Values.Single();
        using var vectors = MappedWeights.Copy(file, stored);
        return [.. vectors.data<float>().ToArray().Chunk((int)stored.Shape[1])];
    }

    static double Largest(float[][] ours, float[][] theirs) => ours.Zip(theirs, (a, b) => a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max()).Max();

    [SharedFact]
    public void Ids_are_the_reference_s_for_every_text()
    {
        using var encoder = SentenceEncoder.Load(Folder);
        var wanted = JsonSerializer.Deserialize<int[][]>(File.ReadAllText(Path.Combine(Folder, "reference", "ids.json")))!;
        var texts = Texts;
        wanted.Length.ShouldBe(300);
        for (var i = 0; i < texts.Length; i++) encoder.Tokens(texts[i]).ShouldBe(wanted[i], texts[i]);
        encoder.MaxTokens.ShouldBe(256);
    }

    [SharedFact]
    public void Vectors_are_the_reference_s_within_1e_5()
    {
        using var encoder = SentenceEncoder.Load(Folder);
        var distance = Largest(encoder.Encode(Texts), Reference());
        output.WriteLine($"largest difference {distance:e1}");
        distance.ShouldBeLessThan(1e-5);
        encoder.Dimensions.ShouldBe(384);
    }
}
