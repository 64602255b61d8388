namespace Anit.Models.Jinja;

/// <summary>Errors in templates, for people: one line with template, line, what.</summary>
static class TemplateError
{
    /// <summary>An error at a line of a template, from 1.</summary>
    public static InvalidDataException At(string template, int line, string what) =>
        new($"{template} line {line}: {string.Join(' ', what.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))}");
}

/// <summary>Something that a value cannot do, found while rendering; <see cref="JinjaTemplate"/> adds template and line.</summary>
sealed class Fault(string what) : Exception(what);
