namespace Anit.Nlu;

/// <summary>Foreign text as it may stand in a message: one line, not too long, quoted.</summary>
static class Shown
{
    const int Longest = 60;

    public static string Of(string text)
    {
        var line = string.Concat(text.Take(Longest).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > Longest ? $"\"{line}...\"" : $"\"{line}\"";
    }
}
