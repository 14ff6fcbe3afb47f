namespace Recon.Push;

/// <summary>Something about a plan must not be done as it was asked for; nothing was changed. Exit code 2.</summary>
/// <param name="message">What, why and what to do.</param>
internal sealed class PushRefusedException(string message) : Exception(message);
