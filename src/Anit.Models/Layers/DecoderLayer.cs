using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>One forward pass: which rows are computed, where attention finds its keys, where dropout finds its masks.</summary>
/// <param name="All">All rows of the batch.</param>
/// <param name="Selected">Rows of which the final hidden state is wanted; the last layer computes only these.</param>
/// <param name="Attention">The keys and values.</param>
/// <param name="Dropout">Told which rows the linear layers get; null where nothing is dropped.</param>
sealed record Pass(RowSelection All, RowSelection Selected, Attention Attention, DropoutState? Dropout = null)
{
    /// <summary>Says which rows the inputs of the linear layers are from now on.</summary>
    public void Enter(RowSelection rows)
    {
        if (Dropout is not null) Dropout.Rows = rows;
    }
}

/// <summary>A transformer block: x + attention(norm(x)), then x + mlp(norm(x)); some families normalise what is added, too.</summary>
/// <remarks>Touvron et al. (2023), arXiv:2302.13971, section 2.2. Shapes: x (T, C), the result (R, C).</remarks>
sealed class DecoderLayer(Weights w, ModelConfig config, int number)
{
    readonly RmsNorm attentionNorm = Norm(w, "input_layernorm", config);
    readonly SelfAttention attention = new(w.At("self_attn"), config, number);
    readonly RmsNorm? attentionOutputNorm = config.Family.NormsOutputs ? Norm(w, "post_attention_layernorm", config) : null;
    readonly RmsNorm mlpNorm = Norm(w, config.Family.NormsOutputs ? "pre_feedforward_layernorm" : "post_attention_layernorm", config);
    readonly Mlp mlp = new(w.At("mlp"), config);
    readonly RmsNorm? mlpOutputNorm = config.Family.NormsOutputs ? Norm(w, "post_feedforward_layernorm", config) : null;

    /// <summary>All linear layers, for merging and saving.</summary>
    public IEnumerable<Linear> Linears => [.. attention.Linears, .. mlp.Linears];

    public Tensor Forward(Tensor x, Pass pass, bool last)
    {
        using var scope = NewDisposeScope();
        var rows = last ? pass.Selected : pass.All;
        var attentionOutput = attention.Forward(attentionNorm.Forward(x), rows, pass);                         // (R, C)
        var residual = rows.Of(x) + (attentionOutputNorm?.Forward(attentionOutput) ?? attentionOutput);        // (R, C)
        var mlpOutput = mlp.Forward(mlpNorm.Forward(residual));                                                // (R, C)
        return (residual + (mlpOutputNorm?.Forward(mlpOutput) ?? mlpOutput)).MoveToOuterDisposeScope();
    }

    static RmsNorm Norm(Weights w, string name, ModelConfig config) => new(w.At(name), config.HiddenSize, config);
}
