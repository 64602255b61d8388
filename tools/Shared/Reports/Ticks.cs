using System.Globalization;

namespace Anit.Tools.Reports;

/// <summary>An axis: round numbers that cover a range, and the way from a value to a place.</summary>
sealed class Ticks
{
    readonly double from, to; // in places

    Ticks(double low, double high, double step, double from, double to) => (Low, High, Step, this.from, this.to) = (low, high, step, from, to);

    /// <summary>Where the axis begins and ends, in values.</summary>
    public double Low { get; }

    /// <summary>Where the axis ends.</summary>
    public double High { get; }

    /// <summary>From one tick to the next.</summary>
    public double Step { get; }

    /// <summary>An axis whose ends are ticks.</summary>
    /// <param name="low">The least value.</param>
    /// <param name="high">The greatest value.</param>
    /// <param name="from">The place of the axis' beginning.</param>
    /// <param name="to">The place of its end.</param>
    /// <param name="most">How many steps at most.</param>
    /// <param name="whole">Whether values lie on whole numbers.</param>
    /// <param name="tight">Whether the axis ends with the values instead of with ticks.</param>
    public static Ticks Of(double low, double high, double from, double to, int most = 5, bool whole = false, bool tight = false)
    {
        if (!(high > low)) // one value, or none
        {
            var around = low == 0 || !double.IsFinite(low) ? 1 : Math.Abs(low) / 2;
            (low, high) = double.IsFinite(low) ? whole ? (low, low + 1) : (low - around, low + around) : (0, 1);
            if (low < 0 && high > 0 && around == 1) low = 0;
        }
        var step = Round((high - low) / most);
        if (whole) step = Math.Max(1, Math.Round(step));
        if (tight) return new(low, high, step, from, to);
        return new(Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step, step, from, to);
    }

    /// <summary>The place of a value.</summary>
    public double At(double value) => from + (value - Low) / (High - Low) * (to - from);

    /// <summary>The ticks with their labels.</summary>
    public IEnumerable<(double Value, string Label)> All()
    {
        var first = (long)Math.Ceiling(Low / Step - 1e-9);
        for (var i = first; i * Step <= High + Step * 1e-9; i++) yield return (i * Step, Label(i * Step));
    }

    // As many decimals as the step has: 0.5, 1.0, 1.5.
    string Label(double value)
    {
        var largest = Math.Max(Math.Abs(Low), Math.Abs(High));
        if (largest is < 1e-3 or >= 1e7) return value == 0 ? "0" : value.ToString("0.##e0", CultureInfo.InvariantCulture);
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(Step) + 1e-9));
        return value.ToString("N" + decimals, CultureInfo.InvariantCulture).Replace('-', '−');
    }

    // The next of 1, 2, 5, 10, 20, 50, ...
    static double Round(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
        var digits = step / power;
        return power * (digits <= 1 + 1e-9 ? 1 : digits <= 2 + 1e-9 ? 2 : digits <= 5 + 1e-9 ? 5 : 10);
    }
}
