using System.Security.Cryptography;
using System.Text.Json;
using Anit.Data;

namespace Anit.Remote.Answers;

/// <summary>Answers on disk, each in a small file named by the digest of what was asked: server, model, prompt and parameters.</summary>
/// <remarks>A file appears whole or not at all, so that a kill costs at most the answers that were under way. Who is about to ask claims the question
/// first: a second process waits for the answer instead of paying for it again. The claim ends with the process.</remarks>
/// <param name="folder">Where; made when the first answer comes.</param>
public sealed class AnswerCache(string folder)
{
    static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    /// <summary>Where the answers are.</summary>
    public string Folder => folder;

    /// <summary>The folder for users who name none: <c>$XDG_CACHE_HOME/anit/answers</c>, else <c>~/.cache/anit/answers</c>.</summary>
    public static string UsualFolder => In(UsualCache);

    /// <summary>The cache for what is paid for, where the user names none: <c>$XDG_CACHE_HOME/anit</c>, else <c>~/.cache/anit</c>.</summary>
    public static string UsualCache => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache) ? cache : HomeCache, "anit");

    static string HomeCache =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");

    /// <summary>The answers' place in a cache folder of the tools.</summary>
    public static string In(string cache) => Path.Combine(cache, "answers");

    /// <summary>The name of what is asked.</summary>
    /// <param name="asked">All that can change the answer.</param>
    public static string Key(ReadOnlySpan<byte> asked) => Convert.ToHexStringLower(SHA256.HashData(asked));

    /// <summary>The answer to a question; null when there is none, or its file is damaged.</summary>
    public Answer? Find(string key)
    {
        byte[] bytes;
        try { bytes = File.ReadAllBytes(FileOf(key)); }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException) { return null; }
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return new(json.RootElement.GetProperty("text").GetString()!, json.RootElement.GetProperty("cut_off").GetBoolean());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Keeps an answer.</summary>
    public void Keep(string key, Answer answer)
    {
        using var file = new AtomicFile(FileOf(key));
        using (var json = new Utf8JsonWriter(file.Stream))
        {
            json.WriteStartObject();
            json.WriteString("text", answer.Text);
            json.WriteBoolean("cut_off", answer.CutOff);
            json.WriteEndObject();
        }
        file.Commit();
    }

    /// <summary>Waits until no other process is asking this question, and claims it until disposed.</summary>
    public async Task<IDisposable> ClaimAsync(string key, CancellationToken stop)
    {
        var path = FileOf(key) + ".asking";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                // Locked for others by being open; removed at its end. One left by a killed process is no longer locked.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException error) when (IsTaken(error))
            {
                await Task.Delay(Wait, stop).ConfigureAwait(false);
            }
        }
    }

    static bool IsTaken(IOException error)
    {
        const int WouldBlock = 11, SharingViolation = unchecked((int)0x80070020); // EWOULDBLOCK on Linux, and Windows' word for it
        return error.HResult is WouldBlock or SharingViolation;
    }

    string FileOf(string key) => Path.Combine(folder, key[..2], key[2..] + ".json");
}
