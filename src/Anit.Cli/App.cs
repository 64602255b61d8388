using System.CommandLine;
using System.Globalization;

namespace Anit.Cli;

/// <summary>Runs a tool's command line the way every ANIT tool behaves: errors in one line, documented exit codes, quiet closed pipes.</summary>
public static class App
{
    const int BrokenPipe = 32; // errno, as IOException.HResult on Unix

    /// <summary>Parses <paramref name="args"/> and runs the chosen command.</summary>
    /// <param name="root">The tool's commands.</param>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="badData">Exception types that mean bad input data (exit code 3), such as Anit.Data's DataFormatException.</param>
    /// <returns>The exit code.</returns>
    public static int Run(RootCommand root, string[] args, params Type[] badData) => Run(root, args, _ => { }, badData);

    /// <summary>The same; <paramref name="given"/> sees a valid command line before its command runs.</summary>
    public static int Run(RootCommand root, string[] args, Action<ParseResult> given, params Type[] badData)
    {
        // Numbers on the command line and in outputs never depend on the user's locale.
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        var tool = root.Name;

        ClosedStreams.Install();
        using var signals = new Signals();

        try
        {
            Completion.Install(root);
            ManPage.Install(root);
            Help.Install(root);
            Tokens.RefuseDashes(root);
            Misuse.Install(root);
            var parsed = ConfigFile.Parse(root, args);
            Misuse.CheckSwitches(parsed, args);
            if (parsed.Errors.Count > 0) return Say(tool, Misuse.Line(parsed), Exit.Usage);
            given(parsed);
            var code = parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, signals.Stop)
                            .GetAwaiter().GetResult();
            return signals.Code != 0 && code == Exit.Done ? signals.Code : code;
        }
        catch (InvalidOperationException) when (args is [['[', 's', 'u', 'g', 'g', 'e', 's', 't', ..], ..])
        {
            return Exit.Done; // System.CommandLine cannot complete every half a line; a shell then completes files
        }
        catch (Exception error) when (IsBrokenPipe(error))
        {
            return Exit.Done; // the reader has what it wanted, as with `| head -1`
        }
        catch (OperationCanceledException)
        {
            return signals.Code != 0 ? signals.Code : Exit.Interrupted;
        }
        catch (UserError error)
        {
            return Say(tool, error.Message, error.Code);
        }
        catch (Exception error) when (error is InvalidDataException || badData.Any(t => t.IsInstanceOfType(error)))
        {
            return Say(tool, error.Message, Exit.BadData);
        }
        catch (FileNotFoundException error) when (error.FileName?.Contains(", Culture=", StringComparison.Ordinal) == true) // a part of the program
        {
            return Say(tool, $"{error.FileName.Split(',')[0]} cannot be loaded: it is missing, or the limit of open files is too low (ulimit -n); "
                + "install again or raise it", Exit.Failed);
        }
        catch (FileNotFoundException error)
        {
            return Say(tool, error.FileName is { } name && !error.Message.Contains(name, StringComparison.Ordinal) ? $"{name}: {error.Message}"
                : error.Message, Exit.BadData);
        }
        catch (DirectoryNotFoundException error)
        {
            return Say(tool, error.Message, Exit.BadData);
        }
        catch (Exception error) when (IsNetwork(error))
        {
            return Say(tool, error.Message, Exit.Network);
        }
        catch (OutOfMemoryException)
        {
            return Say(tool, "out of memory; the input has a value or a batch that is larger than the memory this process may have", Exit.Failed);
        }
        catch (Exception error) when (error is DllNotFoundException)
        {
            return Say(tool, error.Message, Exit.Failed);
        }
        catch (Exception error) when (error.GetBaseException() is EntryPointNotFoundException && AppContext.GetData("Anit.Torch.Shim") is string shim)
        {
            return Say(tool, $"{shim} is of another version than {tool}: build it anew (make native) or install {tool} again", Exit.Failed);
        }
        catch (Exception error) when (SystemFault.Line(error) is { } line)
        {
            return Say(tool, line, Exit.Failed);
        }
        catch (Exception error)
        {
            return Say(tool, $"a bug of ours, please report it with this trace\n{error}", Exit.Bug);
        }
    }

    static int Say(string tool, string message, int code)
    {
        Console.Error.WriteLine($"{tool}: {message}");
        return code;
    }

    // A method of its own, so that the types of HTTP are loaded only when something went wrong.
    static bool IsNetwork(Exception error) => error is HttpRequestException;

    static bool IsBrokenPipe(Exception error) =>
        error is BrokenPipeException || error is IOException { HResult: BrokenPipe } ||
        (error is AggregateException many && many.InnerExceptions.All(IsBrokenPipe));
}
