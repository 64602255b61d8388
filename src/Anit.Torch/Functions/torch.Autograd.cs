namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static bool is_grad_enabled() => anit_grad_enabled() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    /// <summary>Gradients with respect to given tensors, and the tape's backward pass.</summary>
    public static class autograd
    {
        /// <summary>The gradients of the outputs with respect to each input; null for one that is not used, if that is allowed.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var given = Tensors.Of(grad_outputs);
            return anit_autograd_grad(Tensors.Of(outputs), outputs.Count, Tensors.Of(inputs), inputs.Count, given, given.Length,
                retain_graph ? 1 : 0, create_graph, allow_unused).TakeAll();
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            var (given, wanted) = (Tensors.Of(grad_tensors), Tensors.Of(inputs));
            anit_backward(Tensors.Of(tensors), tensors.Count, given, given.Length, retain_graph ?? create_graph ? 1 : 0, create_graph, wanted,
                wanted.Length);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) => backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) => backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);
    }

    sealed class GradMode : IDisposable
    {
        readonly bool before = is_grad_enabled();

        internal GradMode(bool enabled) => anit_set_grad_enabled(enabled);

        public void Dispose() => anit_set_grad_enabled(before);
    }

    sealed class InferenceMode : IDisposable
    {
        nint guard;

        internal InferenceMode(bool mode) => guard = anit_inference_enter(mode) is var entered and not 0 ? entered : throw LastError();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref guard, 0) is var mine and not 0) anit_inference_leave(mine);
        }
    }
}
