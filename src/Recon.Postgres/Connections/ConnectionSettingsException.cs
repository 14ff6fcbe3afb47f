namespace Recon.Postgres.Connections;

/// <summary>A connection was described in a way that cannot be used (exit code 2). The message holds no secret.</summary>
public class ConnectionSettingsException : Exception
{
    /// <summary>Makes the exception without a message.</summary>
    public ConnectionSettingsException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where it was said, and what to write instead.</param>
    public ConnectionSettingsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    /// <param name="message">What is wrong, where it was said, and what to write instead.</param>
    /// <param name="innerException">The cause.</param>
    public ConnectionSettingsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
