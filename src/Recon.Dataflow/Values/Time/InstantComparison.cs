using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>The same instant to the millisecond; epoch milliseconds and ISO texts alike.</summary>
internal sealed class InstantComparison : IComparison
{
    private const long QuarterHour = 15 * 60_000;

    // From Baker Island to Kiritimati.
    private const long MostApart = 26 * 4 * QuarterHour;

    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        bool isTime = MirrorInstant.TryRead(left, out long one);
        return isTime == MirrorInstant.TryRead(right, out long other) && (isTime ? one == other : WrongData.AreEqual(left, right, scratch));
    }

    /// <summary>What a wrong format or time zone explains of two different times; <see langword="null"/> for nothing.</summary>
    /// <param name="local">Gives the local time of an instant.</param>
    public static string? Explain(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, RepeatedHour? local)
    {
        if (!MirrorInstant.TryRead(left, out long one) || !MirrorInstant.TryRead(right, out long other))
        {
            return null;
        }

        long apart = Math.Abs(one - other);
        if (apart <= MostApart && apart % QuarterHour == 0)
        {
            return ValueRemarks.Shifted;
        }

        (long day, long time) = Math.DivRem(local?.LocalOf(one) ?? one, WallTime.MillisecondsPerDay);
        (long otherDay, long otherTime) = Math.DivRem(local?.LocalOf(other) ?? other, WallTime.MillisecondsPerDay);
        return time >= 0 && time == otherTime && Calendar.AreExchanged(day, otherDay) ? ValueRemarks.DayMonth : null;
    }

    public bool? Reads(ReadOnlySpan<byte> value, Utf8Scratch scratch) => MirrorInstant.TryRead(value, out _);
}
