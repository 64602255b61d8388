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
        }
    }
}
