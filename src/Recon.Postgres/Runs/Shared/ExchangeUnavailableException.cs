namespace Recon.Postgres.Runs.Shared;

/// <summary>The coordinator cannot be reached now; it, or another one, may be again in a moment.</summary>
internal sealed class ExchangeUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
