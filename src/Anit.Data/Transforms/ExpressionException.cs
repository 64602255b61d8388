namespace Anit.Data;

/// <summary>An expression that cannot be read, or does not fit the table's columns; the message says at which character.</summary>
public sealed class ExpressionException : ArgumentException
{
    ExpressionException(string message, int character) : base(message) => Character = character;

    /// <summary>The character, from 1.</summary>
    public int Character { get; }

    internal static ExpressionException At(int character, string fault) => new($"character {character}: {fault}", character);
}
