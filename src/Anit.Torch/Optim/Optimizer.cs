using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        /// <summary>Optimizers.</summary>
        public static partial class optim
        {
            /// <summary>What a schedule changes.</summary>
            public interface ILearningRateController
            {
                double LearningRate { get; set; }

                double InitialLearningRate { get; set; }
            }

            /// <summary>Updates parameters from their gradients.</summary>
            public abstract class Optimizer : IDisposable
            {
                private protected readonly List<ParamGroup> groups = [];

                public virtual IEnumerable<ILearningRateController> ParamGroups => groups;

                public virtual IEnumerable<Parameter> parameters() => groups.SelectMany(g => g.Parameters);

                /// <summary>Sets all gradients there are to zero, in place.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                    {
                        using var grad = parameter.grad;
                        grad?.zero_();
                    }
                }

                public virtual void add_param_group(ParamGroup param_group) => groups.Add(param_group);

                public abstract Tensor? step(Func<Tensor>? closure = null);

                /// <summary>Frees the state; the parameters are not the optimizer's.</summary>
                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing) { }

                /// <summary>Options and state in the order of groups and parameters: what a checkpoint keeps.</summary>
                public sealed class StateDictionary
                {
                    public List<OptimizerOptions> Options { get; } = [];

                    public List<OptimizerState> State { get; } = [];
                }
            }
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>Options every optimizer has.</summary>
    public class OptimizerOptions
    {
        public double? LearningRate { get; set; }

        public double InitialLearningRate { get; set; }

        /// <summary>Copies another's values.</summary>
        public virtual void LoadStateDict(OptimizerOptions source) =>
            (LearningRate, InitialLearningRate) = (source.LearningRate, source.InitialLearningRate);

        public virtual void LoadStateDict(BinaryReader reader) => (InitialLearningRate, LearningRate) = (reader.ReadDouble(), reader.ReadDouble());

        public virtual void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(InitialLearningRate);
            writer.Write(LearningRate ?? throw new InvalidOperationException("the learning rate is not set"));
        }
    }

    /// <summary>What an optimizer remembers of one parameter.</summary>
    public abstract class OptimizerState
    {
        public abstract void LoadStateDict(OptimizerState source);

        public abstract void LoadStateDict(BinaryReader reader);

        public abstract void SaveStateDict(BinaryWriter writer);

        public abstract void to(torch.Device device);
    }

    /// <summary>Parameters that share their options.</summary>
    public class ParamGroup(IEnumerable<Parameter> parameters, OptimizerOptions options) : torch.optim.ILearningRateController
    {
        public IEnumerable<Parameter> Parameters { get; set; } = [.. parameters];

        public OptimizerOptions Options { get; set; } = options;

        public double LearningRate
        {
            get => Options.LearningRate ?? throw new InvalidOperationException("the group has no learning rate before it is added to an optimizer");
            set => Options.LearningRate = value;
        }

        public double InitialLearningRate
        {
            get => Options.InitialLearningRate;
            set => Options.InitialLearningRate = value;
        }
    }

    /// <summary>Optimizers whose step is written here, with their state saved and loaded.</summary>
    public abstract class OptimizerHelper : torch.optim.Optimizer
    {
        public abstract StateDictionary state_dict();

        public virtual void load_state_dict(StateDictionary state_dict)
        {
            var mine = this.state_dict();
            Agree(mine, state_dict.Options.Count, state_dict.State.Count);
            for (var i = 0; i < mine.Options.Count; i++)
                if (!ReferenceEquals(mine.Options[i], state_dict.Options[i])) mine.Options[i].LoadStateDict(state_dict.Options[i]);
            for (var i = 0; i < mine.State.Count; i++)
                if (!ReferenceEquals(mine.State[i], state_dict.State[i])) mine.State[i].LoadStateDict(state_dict.State[i]);
        }

        public void save_state_dict(string location)
        {
            using var writer = new BinaryWriter(File.Create(location));
            save_state_dict(writer);
        }

        public void load_state_dict(string location)
        {
            using var reader = new BinaryReader(File.OpenRead(location));
            load_state_dict(reader);
        }

        public void save_state_dict(BinaryWriter writer)
        {
            var mine = state_dict();
            writer.Write(GetType().Name);
            writer.Write(mine.Options.Count);
            writer.Write(mine.State.Count);
            foreach (var options in mine.Options) options.SaveStateDict(writer);
            foreach (var state in mine.State) state.SaveStateDict(writer);
        }

        public void load_state_dict(BinaryReader reader)
        {
            var name = reader.ReadString();
            if (name != GetType().Name) throw new InvalidDataException($"the state is of the optimizer '{name}', not of '{GetType().Name}'");
            var mine = state_dict();
            Agree(mine, reader.ReadInt32(), reader.ReadInt32());
            foreach (var options in mine.Options) options.LoadStateDict(reader);
            foreach (var state in mine.State) state.LoadStateDict(reader);
        }

        static void Agree(StateDictionary mine, int groups, int states)
        {
            if (mine.Options.Count != groups || mine.State.Count != states)
                throw new ArgumentException($"the state has {groups} groups and {states} parameters, the optimizer {mine.Options.Count} and {mine.State.Count}");
        }
    }
}
