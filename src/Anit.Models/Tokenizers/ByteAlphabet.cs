namespace Anit.Models.Tokenizers;

/// <summary>GPT-2's printable letter for each byte, in which byte-level vocabularies are written: a space is Ġ.</summary>
/// <remarks>Radford et al. (2019), encoder.py, bytes_to_unicode: printable Latin-1 stands for itself, the other 68 bytes
/// take U+0100 onwards in order.</remarks>
internal static class ByteAlphabet
{
    const int Size = 0x144; // one past the last letter

    static readonly char[] letters = Letters();
    static readonly short[] bytes = Bytes();

    public static char Letter(byte b) => letters[b];

    /// <summary>The byte a letter stands for, or -1.</summary>
    public static int Byte(char letter) => letter < Size ? bytes[letter] : -1;

    /// <summary>Bytes as letters.</summary>
    public static string Write(ReadOnlySpan<byte> text)
    {
        var word = new char[text.Length];
        for (var i = 0; i < word.Length; i++) word[i] = letters[text[i]];
        return new(word);
    }

    static char[] Letters()
    {
        var table = new char[256];
        var next = 0x100;
        for (var b = 0; b < 256; b++)
            table[b] = (char)(b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? b : next++);
        return table;
    }

    static short[] Bytes()
    {
        var table = new short[Size];
        Array.Fill(table, (short)-1);
        for (var b = 0; b < 256; b++) table[letters[b]] = (short)b;
        return table;
    }
}
