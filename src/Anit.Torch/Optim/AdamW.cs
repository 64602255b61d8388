using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adam with decoupled weight decay. The default decay is 0 as in TorchSharp (PyTorch's is 0.01): say it always.</summary>
            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            /// <inheritdoc cref="AdamW(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
            public static AdamW AdamW(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.001, double beta1 = 0.9,
                double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            /// <inheritdoc cref="AdamW(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
            public static AdamW AdamW(IEnumerable<AdamW.ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>Adam with decoupled weight decay.</summary>
    /// <remarks>Loshchilov and Hutter (2017), arXiv:1711.05101. A group is updated by one call over all its parameters.</remarks>
    public class AdamW : OptimizerHelper
    {
        readonly Options defaults;
        readonly Dictionary<Parameter, State> states = new(ReferenceEqualityComparer.Instance);

        public AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

        public AdamW(IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            defaults = new Options
            {
                LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize,
            };
            foreach (var group in parameters) AddGroup(group);
        }

        public (double, double) Betas
        {
            get => (defaults.beta1!.Value, defaults.beta2!.Value);
            set => (defaults.beta1, defaults.beta2) = value;
        }

        public override void add_param_group(Modules.ParamGroup param_group) => AddGroup(param_group);

        void AddGroup(Modules.ParamGroup group)
        {
            var options = group.Options as Options ?? throw new ArgumentException("a group of AdamW takes AdamW.Options");
            options.FillFrom(defaults);
            options.InitialLearningRate = options.LearningRate!.Value;
            groups.Add(group);
            foreach (var parameter in group.Parameters) states[parameter] = new State(parameter, options.amsgrad!.Value);
        }

        public override torch.Tensor? step(Func<torch.Tensor>? closure = null)
        {
            torch.Tensor? loss = null;
            if (closure is not null)
                using (torch.enable_grad()) loss = closure();

            using var scope = torch.NewDisposeScope();
            foreach (var group in groups)
            {
                // Parameters of a group have taken the same number of steps unless one of them went without a gradient.
                var ready = group.Parameters.Select(p => (Parameter: p, Grad: p.grad, State: states[p])).Where(x => x.Grad is not null).ToArray();
                foreach (var together in ready.GroupBy(x => x.State.step))
                    Update((Options)group.Options, together.Key + 1, [.. together.Select(x => (x.Parameter, x.Grad!, x.State))]);
            }
            return loss;
        }

        static void Update(Options o, long step, (Parameter Parameter, torch.Tensor Grad, State State)[] all)
        {
            anit_adamw(Array.ConvertAll(all, x => (torch.Tensor)x.Parameter), Array.ConvertAll(all, x => x.Grad),
                Array.ConvertAll(all, x => x.State.exp_avg), Array.ConvertAll(all, x => x.State.exp_avg_sq),
                o.amsgrad!.Value ? Array.ConvertAll(all, x => x.State.max_exp_avg_sq) : default(Tensors),
                all.Length, step, o.LearningRate!.Value, o.beta1!.Value, o.beta2!.Value, o.eps!.Value, o.weight_decay!.Value, o.maximize!.Value);
            foreach (var (_, _, state) in all) state.step = step;
        }

        public override StateDictionary state_dict()
        {
            var dictionary = new StateDictionary();
            foreach (var group in groups)
            {
                dictionary.Options.Add(group.Options);
                dictionary.State.AddRange(group.Parameters.Select(p => states[p]));
            }
            return dictionary;
        }

        public void to(torch.Device device)
        {
            foreach (var state in states.Values) state.to(device);
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (!disposing) return;
            foreach (var state in states.Values) state.Dispose();
            states.Clear();
        }

        /// <summary>Options of a group; what is null is taken from the optimizer when the group is added.</summary>
        public class Options : OptimizerOptions
        {
            public double? beta1 { get; set; }
            public double? beta2 { get; set; }
            public double? weight_decay { get; set; }
            public double? eps { get; set; }
            public bool? amsgrad { get; set; }
            public bool? maximize { get; set; }

            internal void FillFrom(Options defaults)
            {
                LearningRate ??= defaults.LearningRate;
                beta1 ??= defaults.beta1;
                beta2 ??= defaults.beta2;
                weight_decay ??= defaults.weight_decay;
                eps ??= defaults.eps;
                amsgrad ??= defaults.amsgrad;
                maximize ??= defaults.maximize;
            }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var from = (Options)source;
                (beta1, beta2, weight_decay, eps, amsgrad, maximize) =
                    (from.beta1, from.beta2, from.weight_decay, from.eps, from.amsgrad, from.maximize);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                (beta1, beta2, eps, weight_decay) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
                (amsgrad, maximize) = (reader.ReadBoolean(), reader.ReadBoolean());
            }

            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                foreach (var value in new[] { beta1, beta2, eps, weight_decay }) writer.Write(value!.Value);
                writer.Write(amsgrad!.Value);
                writer.Write(maximize!.Value);
            }
        }

        /// <summary>Running averages of one parameter's gradients.</summary>
        public sealed class State : OptimizerState, IDisposable
        {
            readonly Parameter parameter;
            public long step { get; set; }
            public torch.Tensor exp_avg { get; set; }
            public torch.Tensor exp_avg_sq { get; set; }
            public torch.Tensor? max_exp_avg_sq { get; set; }

            internal State(Parameter parameter, bool amsgrad)
            {
                this.parameter = parameter;
                exp_avg = torch.zeros_like(parameter).DetachFromDisposeScope();
                exp_avg_sq = torch.zeros_like(parameter).DetachFromDisposeScope();
                if (amsgrad) max_exp_avg_sq = torch.zeros_like(parameter).DetachFromDisposeScope();
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var from = (State)source;
                step = from.step;
                exp_avg.copy_(from.exp_avg);
                exp_avg_sq.copy_(from.exp_avg_sq);
                if (max_exp_avg_sq is not null && from.max_exp_avg_sq is not null) max_exp_avg_sq.copy_(from.max_exp_avg_sq);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                step = reader.ReadInt64();
                foreach (var tensor in Kept()) Read(tensor, reader);
            }

            public override void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(step);
                foreach (var tensor in Kept()) Write(tensor, writer);
            }

            public override void to(torch.Device device)
            {
                exp_avg = exp_avg.to(device, disposeAfter: exp_avg.device != device).DetachFromDisposeScope();
                exp_avg_sq = exp_avg_sq.to(device, disposeAfter: exp_avg_sq.device != device).DetachFromDisposeScope();
                max_exp_avg_sq = max_exp_avg_sq?.to(device, disposeAfter: max_exp_avg_sq.device != device).DetachFromDisposeScope();
            }

            public void Dispose()
            {
                foreach (var tensor in Kept()) tensor.Dispose();
            }

            IEnumerable<torch.Tensor> Kept() => max_exp_avg_sq is null ? [exp_avg, exp_avg_sq] : [exp_avg, exp_avg_sq, max_exp_avg_sq];

            void Read(torch.Tensor tensor, BinaryReader reader)
            {
                if (reader.ReadInt64() is var length && length != tensor.numel() * tensor.element_size())
                    throw new InvalidDataException($"the state of a parameter of shape [{string.Join(", ", parameter.shape)}] has {length} bytes, "
                        + $"expected {tensor.numel() * tensor.element_size()}");
                using var copy = torch.empty_like(tensor, device: torch.CPU);
                copy.ReadBytesFromStream(reader.BaseStream);
                tensor.copy_(copy);
            }

            static void Write(torch.Tensor tensor, BinaryWriter writer)
            {
                using var copy = tensor.to(torch.CPU, copy: true).contiguous();
                writer.Write(copy.numel() * copy.element_size());
                writer.Flush();
                copy.WriteBytesToStream(writer.BaseStream);
            }
        }

        /// <summary>Parameters that share these options.</summary>
        public class ParamGroup : Modules.ParamGroup
        {
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : base(parameters, new Options
                {
                    LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize,
                })
            { }

            public (double, double) Betas
            {
                get => (((Options)Options).beta1!.Value, ((Options)Options).beta2!.Value);
                set => (((Options)Options).beta1, ((Options)Options).beta2) = value;
            }
        }
    }
}
