namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool is_leaf => anit_is_leaf(this) != 0;

        public bool requires_grad
        {
            get => anit_requires_grad(this) != 0;
            set => anit_requires_grad_(this, value);
        }

        public Tensor requires_grad_(bool requires_grad = true) => Done(anit_requires_grad_(this, requires_grad));

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>The accumulated gradient, a new object over it at each call; null before any.</summary>
        public Tensor? grad
        {
            get
            {
                var found = anit_grad(this);
                return found == 0 ? null : new Tensor(found);
            }
            set => anit_set_grad(this, value);
        }

        public Tensor detach() => anit_detach(this);

        public void backward() => autograd.backward(this);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
