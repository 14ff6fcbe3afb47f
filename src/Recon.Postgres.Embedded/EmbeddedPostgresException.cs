using Recon.Postgres.Connections;

namespace Recon.Postgres.Embedded;

/// <summary>The embedded server could not be started. The message says what was tried and what to do.</summary>
public sealed class EmbeddedPostgresException : ConnectionSettingsException
{
    /// <summary>Makes the exception without a message.</summary>
    public EmbeddedPostgresException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed, where, why, and what to do.</param>
    public EmbeddedPostgresException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    /// <param name="message">What failed, where, why, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public EmbeddedPostgresException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
