namespace Anit.Data;

/// <summary>Temporary files whose process was killed: they are not locked any more, and so can be told from those of the living.</summary>
static class Abandoned
{
    const int Locked = 11; // EWOULDBLOCK, as IOException.HResult on Unix

    /// <summary>Creates a file that stays locked while it is open.</summary>
    public static FileStream Create(Func<string> name, FileShare share)
    {
        while (true)
        {
            var path = name();
            try
            {
                var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, share, bufferSize: 0);
                if (File.Exists(path)) return file;
                file.Dispose();
            }
            catch (IOException taken) when (taken.HResult == Locked)
            {
                // Another process took the new file for an abandoned one between its creation and its lock.
            }
        }
    }

    /// <summary>Removes what can be removed: where a process ends, an exception would end it with a trace or hide the first one.</summary>
    public static void Delete(IEnumerable<string> files)
    {
        foreach (var path in files)
        {
            try { File.Delete(path); }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { } // with its folder, say
        }
    }

    /// <summary>Removes those of the files that no process holds.</summary>
    public static void Remove(IEnumerable<string> files)
    {
        foreach (var path in files)
        {
            try
            {
                using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) File.Delete(path);
            }
            catch (Exception held) when (held is IOException or UnauthorizedAccessException)
            {
                // Its writer lives, or another user's file is not ours to remove.
            }
        }
    }
}
