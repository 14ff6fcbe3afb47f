namespace Recon.Postgres.Faults;

/// <summary>Another run took over the pipeline; what this one had in flight was rolled back.</summary>
/// <param name="message">Who holds the pipeline now.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class LeaseLostException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    internal static LeaseLostException Of(string pipeline)
        => new($"Another run took over the pipeline '{pipeline}', because this one had shown no sign of life. "
            + "Nothing more was written. Look at `recon log` before you start it again.");
}
