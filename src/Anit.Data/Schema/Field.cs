using System.Collections.ObjectModel;

namespace Anit.Data;

/// <summary>A named, typed column of a table or member of a struct.</summary>
/// <param name="Name">The name, byte for byte as in the file.</param>
/// <param name="Type">The logical type.</param>
/// <param name="Nullable">False promises that no value is null.</param>
public sealed record Field(string Name, DataType Type, bool Nullable = true)
{
    /// <summary>Free key-value metadata, kept by Arrow files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Name, type and nullability count, metadata does not.</summary>
    public bool Equals(Field? other) =>
        other is not null && Name == other.Name && Nullable == other.Nullable && Type == other.Type;

    /// <summary>Agrees with <see cref="Equals(Field)"/>.</summary>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Nullable);

    /// <summary><c>id: utf8</c>, with <c>not null</c> where promised.</summary>
    public override string ToString() => $"{Name}: {Type}{(Nullable ? "" : " not null")}";
}
