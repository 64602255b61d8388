using System.CommandLine;

namespace Anit.Cli;

/// <summary>Options that make no sense together: said, never ignored.</summary>
public static class Together
{
    /// <summary>Whether the user gave an option, on the command line or by --config.</summary>
    public static bool Has(this ParseResult given, Option option) => given.GetResult(option) is { Implicit: false };

    /// <summary>Refuses options that have no effect while another one has a certain value.</summary>
    /// <exception cref="UserError">One of them was given.</exception>
    public static void Refuse(this ParseResult given, Option by, string value, params Option[] idle)
    {
        if (idle.FirstOrDefault(given.Has) is { } option)
            throw new UserError($"{option.Name} has no effect with {by.Name} {value}{(given.Has(by) ? "" : ", the default")}; leave it out or "
                + $"change {by.Name}", Exit.Usage);
    }

    /// <summary>Refuses two options that say the same thing in two ways.</summary>
    /// <exception cref="UserError">Both were given.</exception>
    public static void RefuseBoth(this ParseResult given, Option one, Option other)
    {
        if (given.Has(one) && given.Has(other))
            throw new UserError($"{one.Name} and {other.Name} exclude each other; leave one of them out", Exit.Usage);
    }
}
