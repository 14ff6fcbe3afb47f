namespace Recon.Push.Sending;

/// <summary>A plan that is not pushed as things are; nothing was sent. Exit code 2.</summary>
/// <param name="message">Why, and what to do.</param>
internal sealed class PushRefusedException(string message) : Exception(message);
