namespace Recon.Dataflow.Values;

/// <summary>A conversion cannot be set up. The message says what, where, why and what to do.</summary>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class ConversionSetupException(string message, Exception? innerException = null) : Exception(message, innerException);
