namespace Recon.HubSpot.Api;

/// <summary>What an answer told about the limits; what it did not tell is <see langword="null"/>.</summary>
/// <param name="At">When it was told.</param>
/// <param name="Max">Calls per interval.</param>
/// <param name="Remaining">Calls that the interval still has.</param>
/// <param name="Interval">How long an interval is.</param>
/// <param name="Daily">Calls per day.</param>
/// <param name="DailyRemaining">Calls that the day still has.</param>
/// <param name="PauseUntil">Before which no call is to be made.</param>
internal sealed record RateState(
    DateTimeOffset At,
    int? Max = null,
    int? Remaining = null,
    TimeSpan? Interval = null,
    long? Daily = null,
    long? DailyRemaining = null,
    DateTimeOffset? PauseUntil = null)
{
    /// <summary>Whether it says nothing.</summary>
    public bool IsEmpty => this == new RateState(At);
}
