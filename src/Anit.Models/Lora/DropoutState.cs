using Anit.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Models.Lora;

/// <summary>Where LoRA's dropout takes its masks from. The trainer sets it; passes that use the same seed drop the same elements.</summary>
/// <remarks>An element's fate depends on (seed, layer, sequence, position, channel) only: not on how sequences are packed into
/// batches, on threads, or on which rows of the last layer are computed. FreeLB (Zhu et al. 2020, section 3.3) asks for equal masks
/// in all passes over one batch.</remarks>
public sealed class DropoutState
{
    /// <summary>Whether anything is dropped: false when evaluating.</summary>
    public bool Enabled { get; set; }

    /// <summary>Changes with every step, and with every pass where passes shall differ.</summary>
    public ulong Seed { get; set; }

    /// <summary>The rows that the inputs of the linear layers are now; a decoder layer says so before it calls them. Null outside of a pass
    /// that drops.</summary>
    internal RowSelection? Rows { get; set; }

    /// <summary>Whether an update with that rate drops anything now.</summary>
    internal bool Drops(double rate) => Enabled && rate > 0 && Rows is not null;

    /// <summary>Begins a pass with a seed; disposing what it gives ends the pass and goes back to what was before.</summary>
    internal IDisposable Begin(ulong seed)
    {
        var before = new Place(this, Seed, Rows);
        Seed = seed;
        return before;
    }

    /// <summary>A layer's inputs (R, width), those that the mask of the current rows drops set to 0 and the others scaled up.</summary>
    internal Tensor Apply(Tensor x, ulong layer, double rate) =>
        !Drops(rate) ? x
        : FusesOf(x) ? Fused.Dropout(x, Rows!.TokenKeys.Value, Stream(layer), Threshold(rate), Keep(rate))
        : x * Mask(layer, Rows!, x.size(1), rate, x.device, x.dtype);

    // In one pass, without a mask; not on the tape.
    static bool FusesOf(Tensor x) =>
        x.device.type == DeviceType.CPU && x.dtype == ScalarType.Float32 && x.is_contiguous() && !(is_grad_enabled() && x.requires_grad);

    /// <summary>A mask of 0 and 1 / (1 - rate), shape (rows, width), made where it is used.</summary>
    internal Tensor Mask(ulong layer, RowSelection rows, long width, double rate, Device device, ScalarType dtype) =>
        device.type == DeviceType.CPU
            ? Fused.Dropout(ones([rows.Count, width]), rows.TokenKeys.Value, Stream(layer), Threshold(rate), Keep(rate)).to(dtype)
            : Fused.DropoutMask(rows.KeysOn(device), Stream(layer), Threshold(rate), Keep(rate), width, dtype);

    // 16 random bits decide an element, so the rate that holds is a multiple of 1/65536; the scale is the exact one for it.
    internal static uint Threshold(double rate) => (uint)Math.Round(rate * 65536);

    internal static float Keep(double rate) => (float)(65536.0 / (65536 - Threshold(rate)));

    internal ulong Stream(ulong layer) => SplitMix64.Combine(SplitMix64.Combine(Seed, 0x6472_6F70), layer);

    sealed record Place(DropoutState State, ulong Seed, RowSelection? Rows) : IDisposable
    {
        public void Dispose() => (State.Seed, State.Rows) = (Seed, Rows);
    }
}
