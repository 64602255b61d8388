namespace Anit.Models.Tokenizers;

/// <summary>A parsed regular expression, compiled from its end: each part is given the step that follows it.</summary>
internal abstract record PatternTree
{
    public abstract PatternNode Compile(PatternNode next);

    /// <summary>Whether it can match the empty string.</summary>
    public abstract bool Nullable { get; }

    /// <summary>How many steps it compiles to, or more: repeats of groups are written out.</summary>
    public abstract double Nodes { get; }

    /// <summary>ASCII characters a match can begin with; all of them when it can be empty.</summary>
    public UInt128 FirstAscii() => Nullable ? UInt128.MaxValue : First();

    /// <summary>ASCII characters that can come first, not counting what follows an empty match.</summary>
    protected abstract UInt128 First();

    public sealed record Set(CharSet Chars) : PatternTree
    {
        public override PatternNode Compile(PatternNode next) => new PatternNode.One(Chars, next);
        public override double Nodes => 1;
        public override bool Nullable => false;
        protected override UInt128 First() => Chars.Ascii;
    }

    public sealed record Sequence(IReadOnlyList<PatternTree> Parts) : PatternTree
    {
        public override PatternNode Compile(PatternNode next) => Parts.Reverse().Aggregate(next, (follow, part) => part.Compile(follow));
        public override double Nodes => Parts.Sum(p => p.Nodes);
        public override bool Nullable => Parts.All(p => p.Nullable);
        protected override UInt128 First()
        {
            var mask = UInt128.Zero;
            foreach (var part in Parts)
            {
                mask |= part.First();
                if (!part.Nullable) break;
            }
            return mask;
        }
    }

    public sealed record Choice(IReadOnlyList<PatternTree> Options) : PatternTree
    {
        public override PatternNode Compile(PatternNode next) =>
            new PatternNode.Choice([.. Options.Select(o => o.Compile(next))], [.. Options.Select(o => o.FirstAscii())]);
        public override double Nodes => 1 + Options.Sum(o => o.Nodes);
        public override bool Nullable => Options.Any(o => o.Nullable);
        protected override UInt128 First() => Options.Aggregate(UInt128.Zero, (mask, o) => mask | o.First());
    }

    public sealed record Repeat(PatternTree Body, int Min, int Max, Appetite Appetite) : PatternTree
    {
        public override double Nodes => Body is Set ? 1 : (1 + Body.Nodes) * (Max == int.MaxValue ? Min + 1.0 : Max);
        public override bool Nullable => Min == 0 || Body.Nullable;
        protected override UInt128 First() => Body.First();

        public override PatternNode Compile(PatternNode next)
        {
            if (Body is Set set) return new PatternNode.Run(set.Chars, Min, Max, Appetite, next);
            if (Appetite == Appetite.Possessive)
                return new Atomic(this with { Appetite = Appetite.Greedy }).Compile(next);

            var lazy = Appetite == Appetite.Lazy;
            var tail = next;
            if (Max == int.MaxValue)
            {
                var loop = new PatternNode.Loop(lazy, next);
                loop.Body = Body.Compile(loop);
                tail = loop;
            }
            else
            {
                for (var i = Min; i < Max; i++) // (x(x(x)?)?)?
                    tail = lazy ? new PatternNode.Choice([next, Body.Compile(tail)], [UInt128.MaxValue, UInt128.MaxValue])
                        : new PatternNode.Choice([Body.Compile(tail), next], [Body.FirstAscii(), UInt128.MaxValue]);
            }
            for (var i = 0; i < Min; i++) tail = Body.Compile(tail);
            return tail;
        }
    }

    public sealed record Ahead(PatternTree Body, bool Negative) : PatternTree
    {
        public override PatternNode Compile(PatternNode next) => new PatternNode.Ahead(Body.Compile(PatternNode.Accept), Negative, next);
        public override double Nodes => 1 + Body.Nodes;
        public override bool Nullable => true;
        protected override UInt128 First() => UInt128.Zero;
    }

    public sealed record Behind(CharSet Chars, bool Negative) : PatternTree
    {
        public override PatternNode Compile(PatternNode next) => new PatternNode.Behind(Chars, Negative, next);
        public override double Nodes => 1;
        public override bool Nullable => true;
        protected override UInt128 First() => UInt128.Zero;
    }

    public sealed record Atomic(PatternTree Body) : PatternTree
    {
        public override PatternNode Compile(PatternNode next) => new PatternNode.Atomic(Body.Compile(PatternNode.Accept), next);
        public override double Nodes => 1 + Body.Nodes;
        public override bool Nullable => Body.Nullable;
        protected override UInt128 First() => Body.First();
    }

    public sealed record Edge(char Kind) : PatternTree
    {
        public override PatternNode Compile(PatternNode next) => new PatternNode.Edge(Kind, next);
        public override double Nodes => 1;
        public override bool Nullable => true;
        protected override UInt128 First() => UInt128.Zero;
    }
}
