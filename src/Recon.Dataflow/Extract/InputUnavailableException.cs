namespace Recon.Dataflow.Extract;

/// <summary>
/// The storage of an input does not answer, although it was asked several times: what was read is good, and a run can be resumed.
/// The command line answers it with exit code 4.
/// </summary>
/// <param name="message">What was asked, what came of it, and what to do; without secrets.</param>
internal sealed class InputUnavailableException(string message, Exception? innerException = null) : IOException(message, innerException);
