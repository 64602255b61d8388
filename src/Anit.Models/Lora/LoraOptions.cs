namespace Anit.Models.Lora;

/// <summary>Which layers get a trainable low-rank update, and how large it is.</summary>
/// <param name="Rank">r, the inner width of the update.</param>
/// <param name="Alpha">The update is scaled by alpha / r, or by alpha / sqrt(r) with <paramref name="RsLora"/>.</param>
/// <param name="Dropout">Share of the update's inputs dropped in training, 0 to below 1.</param>
/// <param name="RsLora">Rank-stabilised scaling (Kalajdzievski 2023, arXiv:2312.03732).</param>
public sealed record LoraOptions(int Rank = 16, double Alpha = 16, double Dropout = 0.05, bool RsLora = false)
{
    /// <summary>More than the width of every layer there is: a larger rank is a damaged number.</summary>
    public const int MostRank = 1 << 16;

    /// <summary>All linear layers but the output layer, the paper's choice.</summary>
    public static IReadOnlyList<string> AllLinear { get; } =
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <inheritdoc cref="LoraOptions"/>
    public int Rank { get; init; } = Rank >= 1 ? Rank : throw new ArgumentOutOfRangeException(nameof(Rank), Rank, "LoRA rank must be 1 or more");

    /// <inheritdoc cref="LoraOptions"/>
    public double Dropout { get; init; } = Dropout is >= 0 and < 1
        ? Dropout : throw new ArgumentOutOfRangeException(nameof(Dropout), Dropout, "LoRA dropout must be from 0 to below 1");

    /// <summary>Names of the layers to update: the last part of their parameter's name, such as <c>q_proj</c>.</summary>
    public IReadOnlyList<string> Targets { get; init; } = AllLinear;

    /// <summary>DoRA: magnitudes of the updated matrix's rows are trained apart from their directions.</summary>
    public bool Dora { get; init; }

    /// <summary>What the update is multiplied by.</summary>
    public double Scale => RsLora ? Alpha / Math.Sqrt(Rank) : Alpha / Rank;

    /// <summary>The finer rules of an adapter that PEFT wrote; they go before <see cref="Targets"/>.</summary>
    internal PeftTargets? Peft { get; init; }

    /// <summary>Whether the layer of that full name is updated.</summary>
    public bool Covers(string name) => Peft?.Match(name) ?? Targets.Any(t => name == t || name.EndsWith("." + t, StringComparison.Ordinal));

    /// <summary>The update of the layer of that full name, null for none.</summary>
    internal LoraOptions? For(string name) => !Covers(name) ? null : Peft is null ? this : this with
    {
        Rank = (int)(PeftTargets.Of(Peft.Ranks, name) ?? Rank),
        Alpha = PeftTargets.Of(Peft.Alphas, name) ?? Alpha,
    };
}
