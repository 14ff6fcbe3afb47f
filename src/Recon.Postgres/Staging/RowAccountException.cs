namespace Recon.Postgres.Staging;

/// <summary>Records were lost or invented: a fault of recon itself, which must not be published.</summary>
/// <param name="message">The numbers.</param>
public sealed class RowAccountException(string message) : Exception(message);
