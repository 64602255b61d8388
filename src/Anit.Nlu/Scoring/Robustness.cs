namespace Anit.Nlu.Scoring;

/// <summary>A measure with its percentile interval; null where it is undefined.</summary>
public readonly record struct Interval(double? Value, double? Low, double? High);

/// <summary>F1 of one noise at one strength: mean and deviation over its draws.</summary>
public sealed record CurvePoint(string Noise, decimal Omega, Spread F1);

/// <summary>What a run scores with its instruction and with one that says nothing, or something else, about the task.</summary>
/// <param name="Condition"><c>empty</c> or <c>swapped</c>.</param>
/// <param name="F1">Micro-F1 with that instruction.</param>
/// <param name="Difference">F1 with the raw instruction minus that: near zero the model ignores its instruction, and no noise in it can
/// hurt.</param>
public sealed record Dependence(string Condition, double? F1, Interval Difference);

/// <summary>How well one run stands noise.</summary>
public sealed record RobustnessReport
{
    /// <summary>F1 with the raw instructions.</summary>
    public required Interval Clean { get; init; }

    /// <summary>Mean F1 over all noises, strengths and draws; undefined without noises.</summary>
    public required Interval Noisy { get; init; }

    /// <summary>The smallest mean F1 over the draws of a noise at a strength.</summary>
    public required CurvePoint? Worst { get; init; }

    /// <summary>Performance drop rate: 1 − noisy / clean (Zhu et al. 2023, PromptBench, arXiv:2306.04528).</summary>
    public required Interval DropRate { get; init; }

    /// <summary>Area under F1 over ω from 0, where it is the clean F1, to the largest ω, as a share of that range; mean over noises.</summary>
    public required Interval Area { get; init; }

    /// <summary>Mean F1 by noise and strength.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    /// <summary>What the instruction is worth to the run.</summary>
    public required IReadOnlyList<Dependence> Dependences { get; init; }
}

/// <summary>Second run minus first, the same rows and draws resampled for both.</summary>
public sealed record RobustnessDifference(Interval Clean, Interval Noisy, Interval Area);

/// <summary>Counts of one run by condition, over the same rows in the same order.</summary>
/// <param name="Clean">Counts a row under the raw instruction.</param>
/// <param name="Noisy">Counts a row in each cell of the grid.</param>
/// <param name="Others">Counts a row under <c>empty</c> and <c>swapped</c>.</param>
public sealed record RobustnessCounts(Counts[] Clean, IReadOnlyDictionary<NoisyCondition, Counts[]> Noisy,
    IReadOnlyDictionary<string, Counts[]> Others);

/// <summary>Robustness of runs over a grid of noises, with bootstrap intervals over rows and draws.</summary>
/// <remarks>A resample draws rows with replacement and, apart from them, seeds of the noise with replacement; the same rows and seeds serve every
/// condition and every run, so that differences are paired (Koehn 2004, over rows; the seeds are a second, crossed factor). Percentile
/// intervals.</remarks>
public sealed class Robustness
{
    readonly RobustnessCounts[] runs;
    readonly ulong[] seeds;
    readonly (string Noise, decimal Omega)[] cells;
    readonly string[] others;
    readonly Numbers[] whole;
    readonly Numbers[][] resampled;
    readonly double level;

    /// <summary>Computes everything.</summary>
    /// <param name="runs">The runs; all over the same rows, noises, strengths and seeds.</param>
    /// <param name="resamples">Number of resamples.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="level">Coverage of the intervals.</param>
    /// <exception cref="ArgumentException">The runs differ in rows or cells.</exception>
    public Robustness(IReadOnlyList<RobustnessCounts> runs, int resamples = 1_000, ulong seed = 42, double level = 0.95)
    {
        this.runs = [.. runs];
        this.level = level;
        var first = runs[0];
        seeds = [.. first.Noisy.Keys.Select(c => c.Seed).Distinct().Order()];
        cells = [.. first.Noisy.Keys.Select(c => (c.Noise, c.Omega)).Distinct().OrderBy(c => c.Noise, StringComparer.Ordinal).ThenBy(c => c.Omega)];
        others = [.. first.Others.Keys.Order(StringComparer.Ordinal)];
        foreach (var run in runs)
            if (run.Clean.Length != first.Clean.Length || run.Noisy.Values.Concat(run.Others.Values).Any(c => c.Length != first.Clean.Length)
                || !others.SequenceEqual(run.Others.Keys.Order(StringComparer.Ordinal)) || run.Noisy.Count != cells.Length * seeds.Length
                || cells.Any(c => seeds.Any(s => !run.Noisy.ContainsKey(new(c.Noise, c.Omega, s)))))
                throw new ArgumentException("compare runs over the same rows, noises, strengths and seeds", nameof(runs));

        var rows = first.Clean.Length;
        int[] once = [.. Enumerable.Repeat(1, rows)];
        int[] all = [.. Enumerable.Repeat(1, seeds.Length)];
        whole = [.. this.runs.Select(run => Measure(run, once, all))];
        resampled = new Numbers[resamples][];
        Parallel.For(0, resamples, draw =>
        {
            var state = seed + (ulong)draw * 0xD1B54A32D192ED03; // a stream of its own: no result hangs on the number of threads
            var weights = Drawn(rows, ref state);
            var drawnSeeds = Drawn(seeds.Length, ref state);
            resampled[draw] = [.. this.runs.Select(run => Measure(run, weights, drawnSeeds))];
        });
    }

    /// <summary>The report of a run, by its place.</summary>
    public RobustnessReport Of(int run)
    {
        var curve = cells.Select((cell, i) => (cell, Spread: Spread.Of([.. Cell(runs[run], cell).OfType<double>()])))
            .Where(c => c.Spread is not null).Select(c => new CurvePoint(c.cell.Noise, c.cell.Omega, c.Spread!)).ToList();
        return new()
        {
            Clean = Of(m => m[run].Clean), Noisy = Of(m => m[run].Noisy), DropRate = Of(m => m[run].DropRate), Area = Of(m => m[run].Area),
            Worst = curve.MinBy(point => point.F1.Mean), Curve = curve,
            Dependences = [.. others.Select((name, i) => new Dependence(name, whole[run].Others[i], Of(m => m[run].Clean - m[run].Others[i])))],
        };
    }

    /// <summary>A run minus another.</summary>
    public RobustnessDifference Difference(int run, int minus) => new(
        Of(m => m[run].Clean - m[minus].Clean), Of(m => m[run].Noisy - m[minus].Noisy), Of(m => m[run].Area - m[minus].Area));

    Interval Of(Func<Numbers[], double?> measure)
    {
        var value = measure(whole);
        List<double> draws = [.. resampled.Select(measure).OfType<double>()];
        if (value is null || draws.Count == 0) return new(value, null, null);
        draws.Sort();
        var tail = (1 - level) / 2;
        return new(value, Bootstrap.Quantile(draws, tail), Bootstrap.Quantile(draws, 1 - tail));
    }

    IEnumerable<double?> Cell(RobustnessCounts run, (string Noise, decimal Omega) cell) =>
        seeds.Select(s => run.Noisy[new(cell.Noise, cell.Omega, s)].Aggregate(new Counts(), Counts.Add).F1);

    Numbers Measure(RobustnessCounts run, int[] weights, int[] drawnSeeds)
    {
        var clean = Sum(run.Clean, weights).F1;
        var means = cells.Select(cell => Mean(run, cell, weights, drawnSeeds)).ToArray();
        double? noisy = means.Length > 0 && means.All(m => m is not null) ? means.Average() : null;
        return new(clean, noisy, clean > 0 ? 1 - noisy / clean : null, noisy is null ? null : Area(clean, means),
            [.. others.Select(name => Sum(run.Others[name], weights).F1)]);
    }

    double? Mean(RobustnessCounts run, (string Noise, decimal Omega) cell, int[] weights, int[] drawnSeeds)
    {
        var (sum, count) = (0.0, 0);
        for (var s = 0; s < seeds.Length; s++)
        {
            if (drawnSeeds[s] == 0) continue;
            if (Sum(run.Noisy[new(cell.Noise, cell.Omega, seeds[s])], weights).F1 is not { } f1) return null;
            sum += f1 * drawnSeeds[s];
            count += drawnSeeds[s];
        }
        return sum / count;
    }

    // Trapezoids over the strengths of each noise, from the clean score at 0.
    double? Area(double? clean, double?[] means)
    {
        var areas = new List<double?>();
        foreach (var noise in cells.Index().GroupBy(c => c.Item.Noise))
        {
            var (area, at, height) = ((double?)0.0, 0.0, clean);
            foreach (var (i, (_, omega)) in noise)
            {
                area += ((double)omega - at) * (height + means[i]) / 2;
                (at, height) = ((double)omega, means[i]);
            }
            areas.Add(at > 0 ? area / at : clean);
        }
        return areas.Average();
    }

    static Counts Sum(Counts[] counts, int[] weights)
    {
        var (tp, fp, fn) = (0L, 0L, 0L);
        for (var i = 0; i < counts.Length; i++)
        {
            tp += weights[i] * counts[i].Tp;
            fp += weights[i] * counts[i].Fp;
            fn += weights[i] * counts[i].Fn;
        }
        return new(tp, fp, fn);
    }

    static int[] Drawn(int n, ref ulong state)
    {
        var times = new int[n];
        for (var i = 0; i < n; i++) times[Bootstrap.Below(n, ref state)]++;
        return times;
    }

    sealed record Numbers(double? Clean, double? Noisy, double? DropRate, double? Area, double?[] Others);
}
