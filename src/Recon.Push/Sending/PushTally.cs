using System.Globalization;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>What a push has done since it was started. Thread-safe.</summary>
/// <param name="forecast">The calls that it will take if nothing fails.</param>
internal sealed class PushTally(long forecast)
{
    /// <summary>Calls before the share of those that failed says something.</summary>
    public const int LeastCalls = 100;

    /// <summary>The share of failing calls above which HubSpot may suspend an app.</summary>
    public const double MostFailing = 0.05;

    // Taking a batch apart fails on purpose. What it may spend of all calls is little enough that a push does not end by it.
    private const double MostForTakingApart = 0.04;
    private const int LeastForTakingApart = 24;

    private readonly Lock _gate = new();
    private readonly Dictionary<PushState, long> _settled = [];
    private long _calls;
    private long _failed;
    private long _takenApart;
    private long _linked;

    /// <summary>Told of verdicts, for metrics.</summary>
    public Action<PushState, long>? Told { get; init; }

    /// <summary>The items by state when it was started; <see langword="null"/> until they are counted.</summary>
    public IReadOnlyDictionary<PushState, long>? Before { get; set; }

    /// <summary>The associations that are still to be made when they begin; <see langword="null"/> until then.</summary>
    public long? Links { get; set; }

    /// <summary>Those of them that are settled.</summary>
    public long Linked => Interlocked.Read(ref _linked);

    /// <summary>All calls, those included that were made again.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>The calls that failed: answered with 400 or more, unless HubSpot asked to wait, or not answered; those included that were made again.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>What HubSpot told last about its limits.</summary>
    public RateState? Quota { get; private set; }

    /// <summary>Whether calls may be spent on finding out what a batch is refused for.</summary>
    public bool MayTakeApart
    {
        get
        {
            lock (_gate)
            {
                return _takenApart < Math.Max(LeastForTakingApart, MostForTakingApart * Math.Max(forecast, Calls));
            }
        }
    }

    /// <summary>The items that were settled, by state.</summary>
    public IReadOnlyDictionary<PushState, long> Settled()
    {
        lock (_gate)
        {
            return new Dictionary<PushState, long>(_settled);
        }
    }

    public void Link(IReadOnlyList<LinkVerdict> verdicts)
        => Interlocked.Add(ref _linked, verdicts.Count(verdict => verdict.State != PushState.Uncertain));

    public void Called() => Interlocked.Increment(ref _calls);

    public void Observed(RateState state)
    {
        lock (_gate)
        {
            Quota = Quota is { } before
                ? state with { Daily = state.Daily ?? before.Daily, DailyRemaining = state.DailyRemaining ?? before.DailyRemaining, Remaining = state.Remaining ?? before.Remaining, Max = state.Max ?? before.Max }
                : state;
        }
    }

    public void Add(IReadOnlyList<ItemVerdict> verdicts)
    {
        foreach ((PushState state, int items) in verdicts.CountBy(verdict => verdict.State))
        {
            lock (_gate)
            {
                _settled[state] = _settled.GetValueOrDefault(state) + items;
            }

            Told?.Invoke(state, items);
        }
    }

    /// <summary>Takes note of a call that failed.</summary>
    public void Fail() => Interlocked.Increment(ref _failed);

    /// <summary>Takes note of a failed call that was made to find out what a batch was refused for.</summary>
    public void TakeApart()
    {
        lock (_gate)
        {
            _takenApart++;
        }
    }

    /// <exception cref="HubspotException">Too many calls fail.</exception>
    public void StopIfFailing()
    {
        long takenApart;
        lock (_gate)
        {
            takenApart = _takenApart;
        }

        // A few that take a batch apart are meant to fail, and are few whatever their share is.
        (long calls, long failed) = (Calls, Failed);
        if (calls >= LeastCalls && failed - Math.Min(takenApart, LeastForTakingApart) > MostFailing * calls)
        {
            throw new HubspotException(HubspotFault.Unavailable, string.Create(
                CultureInfo.InvariantCulture,
                $"{failed} of {calls} calls failed, which is more than 5 %: HubSpot may suspend an app that goes on. See the reasons in the report of the plan, and resume when they are gone"));
        }
    }
}
