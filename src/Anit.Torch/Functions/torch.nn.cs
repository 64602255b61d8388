using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that is trained.</summary>
    public class Parameter : torch.Tensor
    {
        /// <summary>Takes the tensor over: <paramref name="data"/> is empty afterwards.</summary>
        public Parameter(torch.Tensor data, bool requires_grad = true) : base(data.with_requires_grad(requires_grad)) { }
    }

    /// <summary>Home of the names of the two GELUs.</summary>
    public static class GELU
    {
        /// <summary>The exact function, or the one with tanh that Gemma uses.</summary>
        public enum Approximate { none, tanh }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        /// <summary>Parts of neural networks.</summary>
        public static partial class nn
        {
            /// <summary>What a loss does with the elements' losses.</summary>
            public enum Reduction { None, Mean, Sum }

            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

            /// <summary>Gradients' upkeep.</summary>
            public static class utils
            {
                /// <summary>Scales the gradients so that their joint norm is at most this; returns the norm before.</summary>
                public static unsafe double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
                {
                    using var scope = NewDisposeScope();
                    var grads = Gradients(tensors);
                    double norm;
                    anit_clip_grad_norm(grads, grads.Length, max_norm, norm_type, &norm);
                    return norm;
                }

                public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
                {
                    using var scope = NewDisposeScope();
                    var grads = Gradients(tensors);
                    anit_clip_grad_value(grads, grads.Length, clip_value);
                }

                static Tensor[] Gradients(IEnumerable<Parameter> tensors) => [.. tensors.Select(t => t.grad).OfType<Tensor>()];
            }

            /// <summary>First values of parameters, set in place.</summary>
            public static class init
            {
                public enum FanInOut { FanIn, FanOut }

                public static Tensor zeros_(Tensor tensor) => Quietly(() => tensor.zero_());

                public static Tensor constant_(Tensor tensor, Scalar val) => Quietly(() => tensor.fill_(val));

                public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null) =>
                    Quietly(() => tensor.uniform_(low, high, generator));

                public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                    Quietly(() => tensor.normal_(mean, std, generator));

                /// <summary>He et al. (2015), arXiv:1502.01852, for a leaky ReLU of slope <paramref name="a"/>.</summary>
                public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn)
                {
                    var (fanIn, fanOut) = Fans(tensor);
                    var bound = Math.Sqrt(2 / (1 + (a * a))) * Math.Sqrt(3.0 / (mode == FanInOut.FanIn ? fanIn : fanOut));
                    return uniform_(tensor, -bound, bound);
                }

                /// <summary>Glorot and Bengio (2010).</summary>
                public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
                {
                    var (fanIn, fanOut) = Fans(tensor);
                    var bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
                    return uniform_(tensor, -bound, bound);
                }

                static (long In, long Out) Fans(Tensor tensor)
                {
                    var shape = tensor.shape;
                    if (shape.Length < 2) throw new ArgumentException("fan in and fan out need a tensor with two dimensions or more");
                    var rest = tensor.numel() / Math.Max(1, shape[0] * shape[1]);
                    return (shape[1] * rest, shape[0] * rest);
                }

                static Tensor Quietly(Func<Tensor> change)
                {
                    using var _ = no_grad();
                    return change();
                }
            }
        }
    }
}
