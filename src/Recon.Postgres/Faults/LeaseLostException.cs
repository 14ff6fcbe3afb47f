namespace Recon.Postgres.Faults;

/// <summary>Another run took over the pipeline, or somebody released it; what this one had in flight was rolled back.</summary>
/// <param name="message">Who holds the pipeline now.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class LeaseLostException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <param name="holder">Who took over; <see langword="null"/> when nobody knows.</param>
    internal static LeaseLostException TakenOver(string pipeline, string? holder)
        => new($"Another run{(holder is null ? "" : $" ({holder})")} took over the pipeline '{pipeline}', because this one had shown no sign of life. "
            + "Nothing more was written. Look at `recon log` before you start it again.");

    /// <param name="by">What released it.</param>
    internal static LeaseLostException Released(string pipeline, string by)
        => new($"The pipeline '{pipeline}' was released by {by}, which ended this run. Nothing more was written; what is committed stays: "
            + $"'recon run {pipeline} --resume' goes on with it.");
}
