using Recon.Postgres.Connections;

namespace Recon.Postgres.Embedded;

/// <summary>The embedded server could not be started. The message says what was tried and what to do.</summary>
/// <param name="message">What failed, where, why, and what to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class EmbeddedPostgresException(string message, Exception? innerException = null)
    : ConnectionSettingsException(message, innerException);
