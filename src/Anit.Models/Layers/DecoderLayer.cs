using static TorchSharp.torch;

namespace Anit.Models.Layers;

/// <summary>One forward pass: which rows are computed, where attention finds its keys, where dropout finds its masks.</summary>
/// <param name="All">All rows of the batch.</param>
/// <param name="Selected">Rows of which the final hidden state is wanted; the last layer computes only these.</param>
/// <param name="Attention">The keys and values.</param>
/// <param name="Dropout">Told which rows the linear layers get; null where nothing is dropped.</param>
/// <param name="Fuses">Whether layers may be computed by <see cref="FusedDecoderLayer"/>.</param>
sealed record Pass(RowSelection All, RowSelection Selected, AttentionSource Attention, DropoutState? Dropout = null, bool Fuses = true)
{
    /// <summary>Says which rows the inputs of the linear layers are from now on.</summary>
    public void Enter(RowSelection rows)
    {
        if (Dropout is not null) Dropout.Rows = rows;
    }
}

/// <summary>A transformer block: x + attention(norm(x)), then x + mlp(norm(x)); some families normalise what is added, too.</summary>
/// <remarks>Touvron et al. (2023), arXiv:2302.13971, section 2.2. Shapes: x (T, C), the result (R, C).</remarks>
sealed class DecoderLayer
{
    readonly RmsNorm attentionNorm, mlpNorm;
    readonly RmsNorm? attentionOutputNorm, mlpOutputNorm;
    readonly SelfAttention attention;
    readonly Mlp mlp;
    readonly FusedDecoderLayer? fused;

    public DecoderLayer(Weights w, ModelConfig config, int number)
    {
        var normsOutputs = config.Family.NormsOutputs;
        attentionNorm = Norm(w, "input_layernorm", config);
        attention = new(w.At("self_attn"), config, number);
        attentionOutputNorm = normsOutputs ? Norm(w, "post_attention_layernorm", config) : null;
        mlpNorm = Norm(w, normsOutputs ? "pre_feedforward_layernorm" : "post_attention_layernorm", config);
        mlp = new(w.At("mlp"), config);
        mlpOutputNorm = normsOutputs ? Norm(w, "post_feedforward_layernorm", config) : null;
        if (FusedDecoderLayer.Serves(config, w.Options)) fused = new(config, number, attentionNorm, attention, mlpNorm, mlp);
    }

    /// <summary>All linear layers, for merging and saving.</summary>
    public IEnumerable<Linear> Linears => [.. attention.Linears, .. mlp.Linears];

    public Tensor Forward(Tensor x, Pass pass, bool last)
    {
        var rows = last ? pass.Selected : pass.All;
        if (fused is not null && fused.Serves(pass, rows)) return fused.Forward(x, pass, rows);

        using var scope = NewDisposeScope();
        var attentionOutput = attention.Forward(attentionNorm.Forward(x), rows, pass);                         // (R, C)
        var residual = rows.Of(x) + (attentionOutputNorm?.Forward(attentionOutput) ?? attentionOutput);        // (R, C)
        var mlpOutput = mlp.Forward(mlpNorm.Forward(residual));                                                // (R, C)
        return (residual + (mlpOutputNorm?.Forward(mlpOutput) ?? mlpOutput)).MoveToOuterDisposeScope();
    }

    static RmsNorm Norm(Weights w, string name, ModelConfig config) => new(w.At(name), config.HiddenSize, config);
}
