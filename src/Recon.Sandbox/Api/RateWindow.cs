using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary>
/// Counts calls as HubSpot does: in the last ten seconds and over the day. Told in the headers of every answer; binding only
/// where the traps <c>limit</c> and <c>quota</c> are set. Not thread-safe: whoever asks holds <see cref="SandboxPortal.Sync"/>.
/// </summary>
internal sealed class RateWindow(SandboxPortal portal, SandboxOptions options)
{
    public const int IntervalMilliseconds = 10_000;

    private const int UsualMax = 190;
    private const long UsualDaily = 625_000;

    private readonly Queue<DateTimeOffset> _recent = [];
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
    private DateOnly _day;
    private long _today;

    /// <summary>Counts a call.</summary>
    /// <returns>The policy that refuses it; <see langword="null"/> for a call that is within the limits.</returns>
    public (string? Refused, RateNumbers Numbers) Count(ActiveTraps traps)
    {
        DateTimeOffset now = portal.Now;
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, _zone).Date);
        (_today, _day) = (day == _day ? _today : 0, day);
        while (_recent.TryPeek(out DateTimeOffset oldest) && now - oldest >= TimeSpan.FromMilliseconds(IntervalMilliseconds))
        {
            _ = _recent.Dequeue();
        }

        int max = traps.Find(TrapKind.Limit)?.Number(UsualMax) ?? UsualMax;
        long daily = traps.Find(TrapKind.Quota)?.Number(0) ?? UsualDaily;
        string? refused = traps.Has(TrapKind.Quota) && _today >= daily ? "DAILY"
            : traps.Has(TrapKind.Limit) && _recent.Count >= max ? "TEN_SECONDLY_ROLLING"
            : null;
        if (refused is null)
        {
            _recent.Enqueue(now);
            _today++;
        }

        return (refused, new RateNumbers(max, Math.Max(0, max - _recent.Count), daily, Math.Max(0, daily - _today)));
    }
}

/// <summary>What the rate-limit headers tell.</summary>
internal sealed record RateNumbers(int Max, int Remaining, long Daily, long DailyRemaining);
