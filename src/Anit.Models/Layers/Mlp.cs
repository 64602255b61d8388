using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models.Layers;

/// <summary>The gated MLP: down(act(gate(x)) ∘ up(x)), Shazeer (2020), arXiv:2002.05202.</summary>
sealed class Mlp(Weights w, ModelConfig config)
{
    readonly Linear gate = Linear.Make(w.At("gate_proj"), config.HiddenSize, config.IntermediateSize, config.MlpBias);
    readonly Linear up = Linear.Make(w.At("up_proj"), config.HiddenSize, config.IntermediateSize, config.MlpBias);
    readonly Linear down = Linear.Make(w.At("down_proj"), config.IntermediateSize, config.HiddenSize, config.MlpBias);

    public IEnumerable<Linear> Linears => [gate, up, down];

    internal Linear Gate => gate;

    internal Linear Up => up;

    internal Linear Down => down;

    public Tensor Forward(Tensor x)
    {
        var gated = Activation(gate.Forward(x)); // (R, I)
        var expanded = up.Forward(x);            // (R, I)
        return down.Forward(is_grad_enabled() ? gated * expanded : gated.mul_(expanded)); // (R, C)
    }

    Tensor Activation(Tensor x) => config.HiddenAct switch
    {
        "silu" => silu(x, inplace: !is_grad_enabled()),
        "gelu_pytorch_tanh" => x.gelu(TorchSharp.Modules.GELU.Approximate.tanh),
        _ => gelu(x),
    };
}
