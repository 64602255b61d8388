using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace Anit.Data;

/// <summary>A record type seen as columns: how its constructor is fed and its properties are written.</summary>
sealed class RecordShape
{
    static readonly ConcurrentDictionary<Type, RecordShape> Known = new();

    sealed record Member(ParameterInfo Parameter, PropertyInfo? Property, MemberKind Kind, bool Nullable, string ColumnName);

    readonly Type type;
    readonly ConstructorInvoker make;
    readonly Member[] members;

    RecordShape(Type type)
    {
        this.type = type;
        var constructor = Constructor(type)
            ?? throw new ArgumentException(
                $"{type.Name} has no public constructor whose parameters could name columns; make it a record with a parameter list");
        make = ConstructorInvoker.Create(constructor);
        var nullability = new NullabilityInfoContext();
        members = [.. constructor.GetParameters().Select(p =>
        {
            var inner = Nullable.GetUnderlyingType(p.ParameterType);
            var nullable = inner is not null || (!p.ParameterType.IsValueType && nullability.Create(p).ReadState != NullabilityState.NotNull);
            return new Member(p, type.GetProperty(p.Name!), MemberKind.Of(inner ?? p.ParameterType, $"{type.Name}.{p.Name}"), nullable,
                Snake(p.Name!));
        })];
        Schema = new(members.Select(m => new Field(m.ColumnName, m.Kind.Column, m.Nullable)));
    }

    public Schema Schema { get; }

    public static RecordShape Of<T>() => Of(typeof(T));

    public static RecordShape Of(Type type) => Known.GetOrAdd(type, t => new(t));

    /// <summary>Whether objects of the type are read from columns: it has a constructor whose parameters could name them.</summary>
    public static bool IsOne(Type type) =>
        type is { IsPrimitive: false, IsAbstract: false } && type.Namespace != "System" && Constructor(type) is not null;

    static ConstructorInfo? Constructor(Type type) => type.GetConstructors().OrderByDescending(c => c.GetParameters().Length)
        .FirstOrDefault(c => c.GetParameters() is [var p, ..] && p.ParameterType != type);

    /// <summary>The column of each parameter, -1 where its default will do.</summary>
    public int[] Bind(Schema schema)
    {
        var columns = new int[members.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var wanted = Plain(members[i].ColumnName);
            columns[i] = -1;
            for (var c = schema.Fields.Count - 1; c >= 0; c--)
                if (Plain(schema.Fields[c].Name) == wanted) columns[i] = c;
            if (columns[i] < 0 && !members[i].Parameter.HasDefaultValue)
                throw new ArgumentException(
                    $"{type.Name}.{members[i].Parameter.Name} has no column of its name and no default; "
                    + $"the table has: {string.Join(", ", schema.Fields.Select(f => f.Name))}");
        }
        return columns;
    }

    /// <summary>A row as an object; <paramref name="number"/> is what the row is called in messages.</summary>
    public object Read(IReadOnlyList<Field> fields, IReadOnlyList<Column> from, int[] columns, int row, long number)
    {
        var values = new object?[members.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var member = members[i];
            if (columns[i] < 0)
            {
                values[i] = member.Parameter.DefaultValue;
                continue;
            }
            var column = from[columns[i]];
            if (!column.IsNull(row)) values[i] = member.Kind.Read(column, row);
            else if (!member.Nullable)
                throw new InvalidOperationException($"row {number}: column '{fields[columns[i]].Name}' is null, "
                    + $"{type.Name}.{member.Parameter.Name} cannot be; declare it with ?");
        }
        return make.Invoke(values.AsSpan());
    }

    public void Write(object record, IReadOnlyList<ColumnBuilder> to)
    {
        for (var i = 0; i < members.Length; i++)
        {
            var property = members[i].Property ?? throw new ArgumentException($"{type.Name} has no property {members[i].Parameter.Name} to write");
            if (property.GetValue(record) is { } value) members[i].Kind.Append(to[i], value);
            else to[i].AppendNull();
        }
    }

    /// <summary>Names that differ in case and underscores only are one.</summary>
    public static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>NoisyInstruction becomes noisy_instruction.</summary>
    public static string Snake(string name)
    {
        var snake = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])) snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }
        return snake.ToString();
    }
}
