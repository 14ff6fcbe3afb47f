namespace Recon.HubSpot.Updates;

/// <summary>An export cannot be written as asked.</summary>
/// <param name="message">What, and what to do.</param>
internal sealed class ExportException(string message) : Exception(message);
