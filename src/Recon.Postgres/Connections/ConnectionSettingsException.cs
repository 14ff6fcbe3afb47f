namespace Recon.Postgres.Connections;

/// <summary>A connection was described in a way that cannot be used (exit code 2). The message holds no secret.</summary>
/// <param name="message">What is wrong, where it was said, and what to write instead.</param>
/// <param name="innerException">The cause, if there is one.</param>
public class ConnectionSettingsException(string message, Exception? innerException = null) : Exception(message, innerException);
