namespace Recon.HubSpot.Updates;

/// <summary>An export cannot be written as asked.</summary>
internal sealed class ExportException(string message) : Exception(message);
