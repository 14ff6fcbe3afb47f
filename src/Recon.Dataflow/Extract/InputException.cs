namespace Recon.Dataflow.Extract;

/// <summary>
/// The input as a whole cannot be used: no file, wrong encoding, no usable header. The message says what, where, why
/// and what to do, and holds no value of a record. The command line answers it with exit code 2.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="innerException">What the system said.</param>
    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
