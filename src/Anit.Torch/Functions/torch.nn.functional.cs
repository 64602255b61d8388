namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>The operations of neural networks, as functions.</summary>
        public static class functional
        {
            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor gelu(Tensor x, Modules.GELU.Approximate approximate, bool inplace = false) =>
                inplace ? x.copy_(x.gelu(approximate)) : x.gelu(approximate);

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_() : x.silu();

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => anit_linear(input, weights, bias);

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                anit_cross_entropy(input, target, weight, ignore_index, (int)reduction, label_smoothing);

            /// <summary>softmax(q kᵀ / √d + mask) v over (..., T, d); the spelling <c>is_casual</c> is TorchSharp's.</summary>
            /// <remarks>A boolean mask says where to look, a floating one is added. A mask and <paramref name="is_casual"/> exclude each
            /// other.</remarks>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0,
                bool is_casual = false) => anit_attention(query, key, value, attn_mask, p, is_casual);
        }
    }
}
