using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models.Encoders;

/// <summary>A block of BERT: norm(x + attention(x)), then norm(x + feed-forward(x)); every token sees every token of its sequence.</summary>
/// <remarks>Devlin et al. (2018), arXiv:1810.04805, after Vaswani et al. (2017), arXiv:1706.03762. Shapes: x and the result (T, C).</remarks>
sealed class BertLayer
{
    readonly BertConfig config;
    readonly Projection query, key, value, output, up, down;
    readonly LayerNorm attentionNorm, outputNorm;

    public BertLayer(Weights w, BertConfig config)
    {
        this.config = config;
        var (c, i) = (config.HiddenSize, config.IntermediateSize);
        var self = w.At("attention.self");
        (query, key, value) = (new(self.At("query"), c, c), new(self.At("key"), c, c), new(self.At("value"), c, c));
        output = new(w.At("attention.output.dense"), c, c);
        attentionNorm = new(w.At("attention.output.LayerNorm"), c, config.LayerNormEps);
        up = new(w.At("intermediate.dense"), c, i);
        down = new(w.At("output.dense"), i, c);
        outputNorm = new(w.At("output.LayerNorm"), c, config.LayerNormEps);
    }

    /// <summary>Operation by operation, on any device and in any type: the reference that <see cref="Fused"/> is held to.</summary>
    public Tensor Forward(Tensor x, EncoderLayout layout)
    {
        using var scope = NewDisposeScope();
        var attended = layout.Attend(query.Forward(x), key.Forward(x), value.Forward(x));   // (T, C)
        var residual = attentionNorm.Forward(x + output.Forward(attended));                 // (T, C)
        var expanded = up.Forward(residual);                                                // (T, I)
        var activated = config.HiddenAct == "gelu" ? gelu(expanded) : expanded.gelu(TorchSharp.Modules.GELU.Approximate.tanh);
        return outputNorm.Forward(residual + down.Forward(activated)).MoveToOuterDisposeScope();
    }

    /// <summary>The same on the CPU in float32: attention keeps no scores, biases are added in passing.</summary>
    public Tensor Fused(Tensor x, EncoderLayout layout)
    {
        using var scope = NewDisposeScope();
        var (attended, sums) = Anit.Torch.Fused.Attention(query.Forward(x), key.Forward(x), value.Forward(x), layout.Heads); // (T, C)
        sums.Dispose();
        var residual = attentionNorm.Fused(output.Product(attended), x, output.Bias);       // (T, C)
        var expanded = up.Product(residual);                                                // (T, I)
        Tensor activated;
        if (config.HiddenAct == "gelu") Anit.Torch.Fused.BiasGelu(activated = expanded, up.Bias);
        else activated = expanded.add_(up.Bias).gelu(TorchSharp.Modules.GELU.Approximate.tanh);
        return outputNorm.Fused(down.Product(activated), residual, down.Bias).MoveToOuterDisposeScope();
    }

    /// <summary>A frozen linear layer whose bias can be added elsewhere.</summary>
    sealed class Projection(Weights w, int inputs, int outputs)
    {
        readonly Tensor weight = w.Base("weight", [outputs, inputs], Init.Normal(w.Deviation));

        /// <summary>(out,), float32.</summary>
        public Tensor Bias { get; } = w.Float32("bias", [outputs]);

        /// <summary>x Wᵀ, (T, out).</summary>
        public Tensor Product(Tensor x) => WeightProduct.Forward(x, weight);

        /// <summary>x Wᵀ + b.</summary>
        public Tensor Forward(Tensor x) => x.dtype == ScalarType.Float32 ? WeightProduct.Forward(x, weight, Bias) : Product(x).add_(Bias.to(x.dtype));
    }
}
