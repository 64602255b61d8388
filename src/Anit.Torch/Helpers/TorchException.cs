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
}
