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

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_() : x.silu();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_() : x.tanh();

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => anit_softplus(x, beta, threshold);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                if (!inplace) return anit_dropout(input, p, training);
                anit_dropout_(input, p, training);
                return input;
            }

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => anit_linear(input, weights, bias);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => anit_one_hot(x, num_classes);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                anit_layer_norm(input, normalized_shape, normalized_shape.Length, weight, bias, eps);

            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12) =>
                input / input.norm((int)dim, true, (float)p).clamp(min: (Scalar)eps);

            public static Tensor pad(Tensor input, long[] pad, double value = 0) => anit_pad(input, pad, pad.Length, value);

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                anit_cross_entropy(input, target, weight, ignore_index, (int)reduction, label_smoothing);

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                anit_nll_loss(input, target, weight, -100, (int)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                anit_mse_loss(input, target, (int)reduction);

            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                anit_kl_div(input, target, (int)reduction, log_target);

            /// <summary>softmax(q kᵀ / √d + mask) v over (..., T, d); the spelling <c>is_casual</c> is TorchSharp's.</summary>
            /// <remarks>A boolean mask says where to look, a floating one is added. A mask and <paramref name="is_casual"/> exclude each other.</remarks>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0,
                bool is_casual = false) => anit_attention(query, key, value, attn_mask, p, is_casual);
        }
    }

    /// <summary>Functions PyTorch files under special.</summary>
    public static class special
    {
        public static Tensor erf(Tensor input) => input.erf();

        public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) => input.log_softmax(dim, dtype);

        public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
    }
}
