using System.Text.Json;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>Rotary positions against rope.json, which rope.py beside it made from the papers' formulas.</summary>
public sealed class RopeTests
{
    static readonly JsonElement[] Goldens =
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Families", "rope.json"))).RootElement.EnumerateArray()];

    public static TheoryData<string> Cases => [.. Goldens.Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_kind_of_scaling_turns_by_the_frequencies_of_its_paper_and_is_written_as_it_was_read(string name)
    {
        var golden = Goldens.First(c => c.GetProperty("name").GetString() == name);
        var config = ModelConfig.FromJson(
            """{"model_type":"llama","vocab_size":10,"hidden_size":32,"intermediate_size":16,"num_hidden_layers":1,"num_attention_heads":2,"""
            + golden.GetProperty("keys").GetRawText()[1..]);
        var wanted = golden.GetProperty("frequencies").EnumerateArray().Select(f => f.GetDouble()).ToArray();
        var attention = golden.GetProperty("attention").GetDouble();
        foreach (var read in new[] { config, ModelConfig.FromJson(config.ToJson()) })
        {
            using var scope = NewDisposeScope();
            using var tables = new RopeTables(read, new("cpu"));
            long[] positions = [0, 1, 7];
            var (turns, _) = tables.At(tensor(positions), () => full([3], golden.GetProperty("length").GetInt64(), ScalarType.Int64), 8,
                ScalarType.Float32);
            for (var i = 0; i < positions.Length; i++)
            {
                var (cos, sin) = (turns.Cos[i, 0].data<float>().ToArray(), turns.Sin[i, 0].data<float>().ToArray());
                for (var j = 0; j < wanted.Length; j++)
                {
                    ((double)cos[j]).ShouldBe(attention * Math.Cos(positions[i] * wanted[j]), 3e-6, $"position {positions[i]}, channel {j}");
                    cos[j + wanted.Length].ShouldBe(cos[j]);
                    ((double)sin[j]).ShouldBe(attention * Math.Sin(positions[i] * wanted[j]), 3e-6);
                    if (positions[i] == 1) (Math.Atan2(sin[j], cos[j]) / wanted[j]).ShouldBe(1, 2e-6, $"frequency {j}");
                }
            }
        }
    }
}
