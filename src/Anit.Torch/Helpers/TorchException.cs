using System.Runtime.InteropServices;

namespace Anit.Torch;

/// <summary>An error of libtorch; the message is the first line of libtorch's own.</summary>
/// <remarks>Derives from the type TorchSharp throws, so that code which catches that works with either.</remarks>
public class TorchException : ExternalException
{
    /// <summary>An error without a message.</summary>
    public TorchException() { }

    /// <summary>An error with the message of libtorch.</summary>
    public TorchException(string message) : base(message) { }

    /// <summary>An error caused by another.</summary>
    public TorchException(string message, Exception? inner) : base(message, inner) { }
}

/// <summary>libtorch found no memory, on the host or on the device.</summary>
public sealed class TorchOutOfMemoryException : TorchException
{
    /// <summary>An error without a message.</summary>
    public TorchOutOfMemoryException() { }

    /// <summary>An error with the message of libtorch.</summary>
    public TorchOutOfMemoryException(string message) : base(message) { }

    /// <summary>An error caused by another.</summary>
    public TorchOutOfMemoryException(string message, Exception? inner) : base(message, inner) { }

    /// <summary>Whether an error is want of memory: .NET's, this one, or what TorchSharp throws then.</summary>
    /// <remarks>TorchSharp has one type for all of libtorch's errors; its text tells, by the words that native/runtime.cpp looks for.</remarks>
    public static bool Is(Exception error) => error switch
    {
        OutOfMemoryException or TorchOutOfMemoryException => true,
        TorchException => false, // native/runtime.cpp has looked
        ExternalException => MemoryWords.Any(words => error.Message.Contains(words, StringComparison.Ordinal)),
        _ => false,
    };

    static readonly string[] MemoryWords = ["can't allocate memory", "not enough memory", "out of memory", "_ALLOC_FAILED"];
}
