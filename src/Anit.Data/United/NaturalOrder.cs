namespace Anit.Data.United;

/// <summary>Orders paths as people count: part-2 before part-10, and what is in a folder before what only begins like it.</summary>
sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var a = x.AsSpan();
        var b = y.AsSpan();
        while (!a.IsEmpty && !b.IsEmpty)
        {
            var order = char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0]) ? Numbers(ref a, ref b) : Letters(ref a, ref b);
            if (order != 0) return order;
        }
        var rest = a.Length.CompareTo(b.Length);
        return rest != 0 ? rest : string.CompareOrdinal(x, y); // 7 and 007 are told apart
    }

    // By value, however many digits: without leading zeros the longer number is the larger one.
    static int Numbers(ref ReadOnlySpan<char> a, ref ReadOnlySpan<char> b)
    {
        var one = Number(ref a);
        var other = Number(ref b);
        var order = one.Length.CompareTo(other.Length);
        return order != 0 ? order : one.SequenceCompareTo(other);
    }

    static ReadOnlySpan<char> Number(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits.TrimStart('0');
    }

    static int Letters(ref ReadOnlySpan<char> a, ref ReadOnlySpan<char> b)
    {
        var order = (a[0] == '/' ? -1 : a[0]).CompareTo(b[0] == '/' ? -1 : b[0]);
        a = a[1..];
        b = b[1..];
        return order;
    }
}
