namespace Anit.Data;

/// <summary>A table that the chosen format cannot hold: a type it does not have, or a value beyond its range. The message names the column.</summary>
/// <remarks>Thrown by writers and builders, never by readers. Unions, for instance, go to Arrow and JSON only.</remarks>
public sealed class UnsupportedTypeException(string message) : NotSupportedException(message);
