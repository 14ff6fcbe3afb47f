namespace Recon.Postgres.Runs.Shared;

/// <summary>How a job ended.</summary>
internal static class JobOutcome
{
    public const string Completed = "completed";

    public const string Failed = "failed";

    public const string Cancelled = "cancelled";

    /// <summary>Nobody went on with it.</summary>
    public const string Abandoned = "abandoned";

    /// <returns>The outcome that goes with a command's exit code.</returns>
    public static string Of(int exitCode) => exitCode switch
    {
        0 => Completed,
        130 or 143 => Cancelled,
        _ => Failed,
    };
}
