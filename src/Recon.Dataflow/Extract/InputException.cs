namespace Recon.Dataflow.Extract;

/// <summary>
/// The input as a whole cannot be used: no file, wrong encoding, no usable header. The message says what, where, why
/// and what to do, and holds no value of a record but a few words around a byte that the encoding does not allow. The command line answers it with exit code 2.
/// </summary>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class InputException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether it changed while it was read, so that what was read may be of the old content and of the new.</summary>
    internal bool IsMixed { get; init; }
}
