namespace Recon.Postgres.Decisions;

/// <summary>A record cannot be judged from what is staged of it: only a run, which reads the file, can.</summary>
/// <param name="message">Why, as part of a sentence.</param>
internal sealed class NotJudgedException(string message) : Exception(message)
{
    /// <summary>Records whose HubSpot record is gone, as far as that was asked.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];
}
