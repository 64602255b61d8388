using static TorchSharp.torch;

namespace Anit.Models.Families;

/// <summary>By how much a token's position turns each pair of channels: 1 / theta^(2i/D), slowed as a <see cref="RopeScaling"/> says.</summary>
/// <remarks>Made with the reference's own float32 operations: at position 4,000 a last-bit difference in a frequency is a difference of 1e-4
/// in a cosine.</remarks>
static class RopeFrequencies
{
    /// <summary>The frequencies of all tokens, (D/2,).</summary>
    public static Tensor Of(int headDim, double theta, RopeScaling? scaling)
    {
        using var scope = NewDisposeScope();
        var wavelengths = tensor((float)theta).pow(Exponents(headDim)); // over 2π
        return (scaling?.Type switch
        {
            null => 1.0 / wavelengths,
            "linear" => 1.0 / wavelengths / scaling.Factor,
            "llama3" => Llama3(1.0 / wavelengths, scaling),
            "yarn" => Yarn(wavelengths, headDim, theta, scaling),
            var other => throw new ArgumentException($"rotary scaling {other} has no frequencies without lengths", nameof(scaling)),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>The frequencies of tokens by the lengths (R,) of their sequences, (R, D/2).</summary>
    public static Tensor Of(int headDim, double theta, RopeScaling scaling, Tensor lengths)
    {
        using var scope = NewDisposeScope();
        var exponents = Exponents(headDim).to(lengths.device);
        var size = lengths.to(ScalarType.Float32).unsqueeze(1); // (R, 1)
        if (scaling.Type == "dynamic")
        {
            var growth = size.clamp(min: scaling.OriginalMaxPositions) * scaling.Factor / scaling.OriginalMaxPositions - (scaling.Factor - 1);
            return (1.0 / (growth.pow(headDim / (headDim - 2.0)) * theta).pow(exponents)).MoveToOuterDisposeScope();
        }
        Tensor Factors(IReadOnlyList<double> factors) => tensor(factors.Select(f => (float)f).ToArray(), device: lengths.device).unsqueeze(0);
        var slowed = where(size.gt(scaling.OriginalMaxPositions), Factors(scaling.LongFactors), Factors(scaling.ShortFactors));
        return (1.0 / (slowed * tensor((float)theta, device: lengths.device).pow(exponents))).MoveToOuterDisposeScope();
    }

    static Tensor Exponents(int headDim) => arange(0, headDim, 2, ScalarType.Int64).to(ScalarType.Float32) / headDim;

    /// <summary>Meta's llama-models, apply_scaling.</summary>
    static Tensor Llama3(Tensor plain, RopeScaling scaling)
    {
        var longest = scaling.OriginalMaxPositions / scaling.LowFreqFactor;
        var shortest = scaling.OriginalMaxPositions / scaling.HighFreqFactor;
        var wavelength = 2 * Math.PI / plain;
        var smooth = (scaling.OriginalMaxPositions / wavelength - scaling.LowFreqFactor) / (scaling.HighFreqFactor - scaling.LowFreqFactor);
        var slowed = where(wavelength.gt(longest), plain / scaling.Factor, plain);
        var between = (1 - smooth) * slowed / scaling.Factor + smooth * slowed;
        return where(wavelength.lt(shortest).logical_not() * wavelength.gt(longest).logical_not(), between, slowed);
    }

    /// <summary>Section 3.2 of the paper: kept where ramp is 0, divided by the factor where it is 1.</summary>
    static Tensor Yarn(Tensor wavelengths, int headDim, double theta, RopeScaling scaling)
    {
        double Channel(double turns) => headDim * Math.Log(scaling.OriginalMaxPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
        var (first, last) = (Channel(scaling.BetaFast), Channel(scaling.BetaSlow));
        if (scaling.Truncate) (first, last) = (Math.Floor(first), Math.Ceiling(last));
        (first, last) = (Math.Max(first, 0), Math.Min(last, headDim - 1));
        if (first == last) last += 0.001;
        var kept = 1 - ((arange(0, headDim / 2, 1, ScalarType.Float32) - first) / (last - first)).clamp(min: 0, max: 1);
        return 1.0 / (wavelengths * scaling.Factor) * (1 - kept) + 1.0 / wavelengths * kept;
    }
}
