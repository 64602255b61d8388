using System.Reflection;
using System.Text.Json.Nodes;

namespace Anit.Models.Families;

/// <summary>What a <c>model_type</c> stands for: parts of the model that no key of a config names, and what absent keys mean.</summary>
/// <param name="ModelType"><c>model_type</c> of its configs.</param>
/// <param name="ClassName">The reference implementation's class, for <c>architectures</c>.</param>
/// <remarks>Every family is LLaMA with some of these set; each has a file of its own that says which, and where it is described.</remarks>
sealed record Family(string ModelType, string ClassName)
{
    /// <summary>Norms scale by 1 + w.</summary>
    public bool NormsAddOne { get; init; }

    /// <summary>Queries and keys are normalised head by head before they are turned.</summary>
    public bool NormsQueriesAndKeys { get; init; }

    /// <summary>What attention and MLP give is normalised too, before it is added.</summary>
    public bool NormsOutputs { get; init; }

    /// <summary>Embeddings are multiplied by sqrt(C) after the lookup.</summary>
    public bool ScalesEmbeddings { get; init; }

    /// <summary>Biases of attention: those of <c>attention_bias</c> when null, else fixed.</summary>
    public (bool QueriesKeysValues, bool Output)? AttentionBiases { get; init; }

    /// <summary>Whether <c>mlp_bias</c> is a key of this family.</summary>
    public bool HasMlpBias { get; init; }

    /// <summary><c>head_dim</c> when absent; null for C / H.</summary>
    public int? HeadDim { get; init; }

    /// <summary><c>tie_word_embeddings</c> when absent.</summary>
    public bool Ties { get; init; }

    /// <summary><c>max_position_embeddings</c> when absent.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary><c>rope_theta</c> when absent.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary><c>rope_local_base_freq</c> when absent, the theta of layers with a window; null where they turn as the others do.</summary>
    public double? LocalRopeTheta { get; init; }

    /// <summary>The key of the activation, and what its absence means.</summary>
    public (string Key, string Preset) Activation { get; init; } = ("hidden_act", "silu");

    /// <summary><c>sliding_window</c> when absent; a null in the file means none.</summary>
    public int? Window { get; init; }

    /// <summary>Which layers look back only so far, where the config does not list them in <c>layer_types</c>.</summary>
    public Func<ConfigReader, int, bool> Slides { get; init; } = (_, _) => false;

    /// <summary>Whether <c>layer_types</c> is a key of this family.</summary>
    public bool ListsLayers { get; init; }

    /// <summary>Reads the keys that only this family has.</summary>
    public Func<ConfigReader, ModelConfig, ModelConfig> Read { get; init; } = (_, config) => config;

    /// <summary>Writes them.</summary>
    public Action<ModelConfig, JsonObject> Write { get; init; } = (_, _) => { };
}

/// <summary>Every family there is. A static class with a static property <c>Family</c> is found; no list has to be edited.</summary>
static class ModelFamilies
{
    /// <summary>All families, by model type.</summary>
    public static IReadOnlyList<Family> All { get; } =
    [
        .. typeof(Family).Assembly.GetTypes().Where(type => type is { IsAbstract: true, IsSealed: true })
            .Select(type => type.GetProperty(nameof(Family), BindingFlags.Public | BindingFlags.Static)?.GetValue(null)).OfType<Family>()
            .OrderBy(family => family.ModelType, StringComparer.Ordinal),
    ];

    /// <summary>The family of a <c>model_type</c>, or null.</summary>
    public static Family? Find(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);
}
