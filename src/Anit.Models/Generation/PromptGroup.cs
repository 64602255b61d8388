namespace Anit.Models.Generation;

/// <summary>Prompts that begin with the same tokens, whose keys and values are computed once for all of them.</summary>
/// <param name="Shared">How many tokens; 0 for none.</param>
/// <param name="Members">Which prompts.</param>
sealed record PromptGroup(int Shared, int[] Members)
{
    const long WorthGroup = 1000; // tokens that one more group must save: its batches are smaller, and there is one more of them

    /// <summary>Cuts prompts into groups along the branches of the tree of their prefixes, wherever a branch of its own saves enough
    /// tokens.</summary>
    /// <remarks>Rows of one task begin with the same instruction; those of several tasks, or with noisy instructions, share less.
    /// The last token of a prompt is never shared, because what follows it is wanted.</remarks>
    public static List<PromptGroup> Of(IReadOnlyList<int[]> prompts)
    {
        var groups = new List<PromptGroup>();
        if (prompts.Count == 0) return groups;
        var order = Enumerable.Range(0, prompts.Count).ToArray();
        Array.Sort(order, (a, b) => prompts[a].AsSpan().SequenceCompareTo(prompts[b]) is var sign and not 0 ? sign : a.CompareTo(b));
        var whole = Branch(prompts, order, 0, groups);
        if (whole.Members.Length > 0) groups.Add(whole with { Shared = whole.Members.Length > 1 ? whole.Shared : 0 });
        return groups;
    }

    /// <summary>What stays together of prompts that are sorted and begin alike up to <paramref name="known"/>; groups apart are added to
    /// a list.</summary>
    static PromptGroup Branch(IReadOnlyList<int[]> prompts, ArraySegment<int> sorted, int known, List<PromptGroup> apart)
    {
        var (first, last) = (prompts[sorted[0]], prompts[sorted[^1]]);
        var shared = known + first.AsSpan(known).CommonPrefixLength(last.AsSpan(known)); // of all, for they are sorted
        shared = Math.Min(shared, sorted.Min(i => prompts[i].Length) - 1);
        var stay = new List<int>();
        for (int start = 0, end; start < sorted.Count; start = end)
        {
            var next = prompts[sorted[start]][shared];
            for (end = start + 1; end < sorted.Count && prompts[sorted[end]][shared] == next;) end++;
            var branch = sorted[start..end];
            if (branch.Count < 2 || branch.Count == sorted.Count)
            {
                stay.AddRange(branch);
                continue;
            }
            var part = Branch(prompts, branch, shared, apart);
            if ((long)part.Shared * (part.Members.Length - 1) - (long)shared * part.Members.Length > WorthGroup) apart.Add(part);
            else stay.AddRange(part.Members);
        }
        return new(shared, [.. stay]);
    }
}
