namespace Recon.Postgres.Faults;

/// <summary>Another run took over the pipeline; what this one had in flight was rolled back.</summary>
public sealed class LeaseLostException : Exception
{
    /// <summary>Makes the exception without a message.</summary>
    public LeaseLostException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Who holds the pipeline now.</param>
    public LeaseLostException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    /// <param name="message">Who holds the pipeline now.</param>
    /// <param name="innerException">The cause.</param>
    public LeaseLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static LeaseLostException Of(string pipeline)
        => new($"Another run took over the pipeline '{pipeline}', because this one had shown no sign of life. "
            + "Nothing more was written. Look at `recon log` before you start it again.");
}
