using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Refuses weights that are no numbers: a training that diverged leaves them, and every answer of such a model is one token.</summary>
static class Finite
{
    const long Block = 1 << 22; // elements looked at one by one

    /// <summary>Looks at every element: as a sum, which one NaN or infinity spoils, and one by one where the sum is spoiled.</summary>
    public static void Check(Tensor weights, string what)
    {
        using var scope = NewDisposeScope();
        if (float.IsFinite(weights.sum().to(ScalarType.Float32).item<float>())) return;
        var flat = weights.reshape(-1);
        for (var at = 0L; at < flat.numel(); at += Block)
        {
            using var block = NewDisposeScope();
            var bad = flat.narrow(0, at, Math.Min(Block, flat.numel() - at)).to(ScalarType.Float32).isfinite().logical_not();
            var count = bad.sum().item<long>();
            if (count == 0) continue; // the numbers are finite, their sum in a narrow type is not
            var place = at + bad.to(ScalarType.Int64).argmax().item<long>();
            throw new InvalidDataException($"{what} holds NaN or infinity (element {place}); its training diverged or the file is damaged, use "
                + "another copy");
        }
    }
}
