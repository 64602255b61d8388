using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Anit.Models.Generation;

/// <summary>Attention of one new token a sequence on the CPU, without tensors in between: each row reads its own keys and no padding.</summary>
/// <remarks>A product of one query with its keys is a matrix product of one row, which libtorch calls the BLAS for once a head and sequence;
/// the calls cost more than the work. <see cref="CachedAttention"/> is the same for other devices and types.</remarks>
/// <param name="config">Numbers of heads.</param>
/// <param name="cache">What came before; gets the new keys and values.</param>
/// <param name="places">Each sequence's place for its new token.</param>
sealed unsafe class CpuDecodeAttention(ModelConfig config, KeyValueCache cache, int[] places) : AttentionSource
{
    const long WorthThreads = 1 << 16; // numbers a layer reads from which on threads pay

    readonly int d = config.HeadDim;
    readonly int heads = config.NumKeyValueHeads;

    /// <summary>Whether a model's cache can be read this way.</summary>
    public static bool Serves(LoadOptions options, KeyValueCache cache) =>
        options.Device.type == TorchSharp.DeviceType.CPU && options.ActivationDtype == ScalarType.Float32
        && cache.All(0).Keys.numel() * sizeof(float) < int.MaxValue;

    public override Tensor Attend(int layer, Tensor q, Tensor k, Tensor v, RowSelection rows)
    {
        using var scope = NewDisposeScope();
        var sliding = config.Slides(layer);
        var rotary = rows.Rotary(sliding);
        var rotatedQ = rotary.Rotate(q.view(rows.Count, -1, d)).contiguous(); // (B, H, D)
        var rotatedK = rotary.Rotate(k.view(rows.Count, -1, d)).contiguous(); // (B, Hkv, D)
        var (keys, values) = cache.All(layer);                                // (B·Hkv, capacity, D)
        var result = empty([rows.Count, config.NumAttentionHeads * d], ScalarType.Float32);
        fixed (byte* query = rotatedQ.bytes, key = rotatedK.bytes, value = v.contiguous().bytes, allKeys = keys.bytes, allValues = values.bytes,
            into = result.bytes)
        {
            var window = sliding ? config.SlidingWindow!.Value : int.MaxValue;
            var memory = new Pointers((float*)query, (float*)key, (float*)value, (float*)allKeys, (float*)allValues, (float*)into);
            var threads = (long)rows.Count * heads * places.Max() * d > WorthThreads ? get_num_threads() : 1;
            if (threads == 1)
                for (var at = 0; at < rows.Count * heads; at++) Head(at, window, memory);
            else
                Parallel.For(0, rows.Count * heads, new() { MaxDegreeOfParallelism = threads }, at => Head(at, window, memory));
        }
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>One key and value head of one sequence, and the queries that share it.</summary>
    void Head(int at, int window, Pointers memory)
    {
        var place = places[at / heads];
        var begin = (long)at * cache.Capacity * d;
        new Span<float>(memory.Key + (long)at * d, d).CopyTo(new(memory.AllKeys + begin + (long)place * d, d));
        new Span<float>(memory.Value + (long)at * d, d).CopyTo(new(memory.AllValues + begin + (long)place * d, d));
        var first = Math.Max(0, place + 1L - window);
        var count = (int)(place + 1 - first);
        var keys = new ReadOnlySpan<float>(memory.AllKeys + begin + first * d, count * d);
        var values = new ReadOnlySpan<float>(memory.AllValues + begin + first * d, count * d);
        Span<float> scores = count <= 2048 ? stackalloc float[count] : new float[count];
        for (var g = 0; g < config.Groups; g++)
        {
            var row = (long)at * config.Groups + g;
            Softmax(new(memory.Query + row * d, d), keys, scores);
            WeightedSum(scores, values, new(memory.Into + row * d, d));
        }
    }

    /// <summary>Softmax of the scaled products of a query with keys.</summary>
    void Softmax(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, Span<float> scores)
    {
        var scale = (float)config.ScoreScale;
        var max = float.NegativeInfinity;
        for (var j = 0; j < scores.Length; j++)
        {
            var score = Dot(query, keys.Slice(j * d, d)) * scale;
            if (config.AttnLogitSoftcapping is { } cap) score = (float)cap * MathF.Tanh(score / (float)cap);
            scores[j] = score;
            max = Math.Max(max, score);
        }
        var sum = 0f;
        for (var j = 0; j < scores.Length; j++) sum += scores[j] = MathF.Exp(scores[j] - max);
        for (var j = 0; j < scores.Length; j++) scores[j] /= sum;
    }

    static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var y = MemoryMarshal.Cast<float, Vector<float>>(b);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < x.Length; i++) sums += x[i] * y[i];
        var sum = Vector.Sum(sums);
        for (var i = x.Length * Vector<float>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The sum of values, each times its weight.</summary>
    static void WeightedSum(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, Span<float> into)
    {
        into.Clear();
        var sums = MemoryMarshal.Cast<float, Vector<float>>(into);
        for (var j = 0; j < weights.Length; j++)
        {
            var value = values.Slice(j * into.Length, into.Length);
            var y = MemoryMarshal.Cast<float, Vector<float>>(value);
            for (var i = 0; i < sums.Length; i++) sums[i] += weights[j] * y[i];
            for (var i = sums.Length * Vector<float>.Count; i < into.Length; i++) into[i] += weights[j] * value[i];
        }
    }

    readonly struct Pointers(float* query, float* key, float* value, float* allKeys, float* allValues, float* into)
    {
        public readonly float* Query = query, Key = key, Value = value, AllKeys = allKeys, AllValues = allValues, Into = into;
    }
}
