namespace Anit.Models.Jinja;

/// <summary>What stands behind <c>is</c>.</summary>
static class Predicates
{
    delegate bool Test(object? value, Arguments arguments, Rendering rendering);

    static readonly Dictionary<string, Test> All = new(StringComparer.Ordinal)
    {
        ["defined"] = (v, _, _) => v is not Undefined,
        ["undefined"] = (v, _, _) => v is Undefined,
        ["none"] = (v, _, _) => v is null,
        ["true"] = (v, _, _) => v is true,
        ["false"] = (v, _, _) => v is false,
        ["boolean"] = (v, _, _) => v is bool,
        ["string"] = (v, _, _) => v is string,
        ["integer"] = (v, _, _) => v is long,
        ["float"] = (v, _, _) => v is double,
        ["number"] = (v, _, _) => v is long or double or bool,
        ["mapping"] = (v, _, _) => v is Dict,
        ["sequence"] = (v, _, _) => v is string or List<object?> or object?[] or Dict or Group or Undefined,
        ["iterable"] = (v, _, _) => v is string or List<object?> or object?[] or Dict or Group or View or Once or Undefined or LoopState,
        ["callable"] = (v, _, _) => v is Callable or LoopState,
        ["odd"] = (v, _, r) => Operations.Equal(Operations.Apply("%", v, 2L, r), 1L, r),
        ["even"] = (v, _, r) => Operations.Equal(Operations.Apply("%", v, 2L, r), 0L, r),
        ["divisibleby"] = (v, a, r) => Operations.Equal(Operations.Apply("%", v, a.Need(0, "num"), r), 0L, r),
        ["lower"] = (v, _, r) => Operations.Text(v, r) is var s && s.Any(char.IsLower) && !s.Any(char.IsUpper),
        ["upper"] = (v, _, r) => Operations.Text(v, r) is var s && s.Any(char.IsUpper) && !s.Any(char.IsLower),
        ["eq"] = Equal, ["equalto"] = Equal, ["=="] = Equal,
        ["ne"] = (v, a, r) => !Equal(v, a, r), ["!="] = (v, a, r) => !Equal(v, a, r),
        ["lt"] = (v, a, r) => Order(v, a, r) < 0, ["lessthan"] = (v, a, r) => Order(v, a, r) < 0, ["<"] = (v, a, r) => Order(v, a, r) < 0,
        ["le"] = (v, a, r) => Order(v, a, r) <= 0, ["<="] = (v, a, r) => Order(v, a, r) <= 0,
        ["gt"] = (v, a, r) => Order(v, a, r) > 0, ["greaterthan"] = (v, a, r) => Order(v, a, r) > 0, [">"] = (v, a, r) => Order(v, a, r) > 0,
        ["ge"] = (v, a, r) => Order(v, a, r) >= 0, [">="] = (v, a, r) => Order(v, a, r) >= 0,
        ["in"] = (v, a, r) => Operations.Contains(a.Need(0, "seq"), v, r),
        ["sameas"] = (v, a, _) => Same(v, a.Need(0, "other")),
        ["filter"] = (v, _, _) => v is string name && Filters.Of(name) is not null,
        ["test"] = (v, _, _) => v is string name && Known(name),
    };

    /// <summary>Whether a value passes a test.</summary>
    public static bool Holds(string name, object? value, Arguments arguments, Rendering rendering)
    {
        var test = All.GetValueOrDefault(name) ?? throw new Fault($"there is no test '{name}'");
        rendering.Spend();
        var holds = test(value, arguments, rendering);
        arguments.Done();
        return holds;
    }

    static bool Known(string name) => All.ContainsKey(name);

    static bool Equal(object? value, Arguments arguments, Rendering rendering) => Operations.Equal(value, arguments.Need(0, "other"), rendering);

    static int Order(object? value, Arguments arguments, Rendering rendering) => Operations.Compare(value, arguments.Need(0, "other"), rendering);

    static bool Same(object? a, object? b) => a is null or bool or long or string ? a is null ? b is null : a.Equals(b) : ReferenceEquals(a, b);
}
