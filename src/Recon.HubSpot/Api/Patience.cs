namespace Recon.HubSpot.Api;

/// <summary>Why a call has to wait.</summary>
internal enum Delay
{
    /// <summary>It did not leave: no connection.</summary>
    Unsent,

    /// <summary>A call that can be repeated got no answer.</summary>
    Broken,

    /// <summary>429 within the interval.</summary>
    Limited,

    /// <summary>423: too many writes at once.</summary>
    Locked,

    /// <summary>477: the account moves to another place.</summary>
    Moving,
}

/// <summary>How long and how often one call waits.</summary>
internal sealed class Patience
{
    /// <summary>The longest wait that is awaited in place; who is asked for more ends, and can go on later.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly int[] _waits = new int[5];

    /// <summary>The time to wait; <see langword="null"/> when there is no more patience.</summary>
    /// <param name="asked">What the answer asks for.</param>
    public TimeSpan? Next(Delay delay, TimeSpan? asked)
    {
        int before = _waits[(int)delay]++;
        TimeSpan doubled = TimeSpan.FromSeconds(Math.Min(30, 0.5 * (1 << Math.Min(before, 8))));
        (int most, TimeSpan wait) = delay switch
        {
            Delay.Limited => (30, asked ?? TimeSpan.FromSeconds(10)),
            Delay.Locked => (8, Max(asked ?? TimeSpan.Zero, 4 * doubled)),
            Delay.Moving => (3, asked ?? TimeSpan.FromMinutes(1)),
            _ => (5, Max(asked ?? TimeSpan.Zero, doubled)),
        };

        // Many clients that were put off at the same moment do not come back at the same one.
        TimeSpan spread = wait * (1 + (0.1 * Random.Shared.NextDouble()));
        return before >= most || wait > Longest ? null : spread;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
