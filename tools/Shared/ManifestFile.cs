using System.Text.Json;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools;

/// <summary>A file that says in JSON what a run did; it replaces nothing but an earlier one of the same tool.</summary>
static class ManifestFile
{
    /// <summary>Refuses a place that holds something else, before any work is done.</summary>
    public static void Check(string? path, string tool, bool force)
    {
        if (path is null || force || FileFacts.Of(path) is not { } there || there.Kind == FileKind.Special) return;
        if (there.Kind == FileKind.Directory) throw new UserError($"{path}: is a directory; name a file", Exit.Usage);
        if (new FileInfo(path).Length > 0 && !IsOurs(path, tool))
            throw new UserError($"{path} is there already and is no manifest of {tool}; name another file, or replace it with --force");
    }

    static bool IsOurs(string path, string tool)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonNode.Parse(file) is JsonObject all && all["tool"] is JsonValue name && name.TryGetValue<string>(out var found)
                && found == tool;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
