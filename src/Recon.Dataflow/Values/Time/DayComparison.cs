using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>The same calendar day: a day equals every moment of it in the zone.</summary>
internal sealed class DayComparison(ZoneDays days) : IComparison
{
    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        bool isDay = days.TryRead(left, out long one);
        return isDay == days.TryRead(right, out long other) && (isDay ? one == other : WrongData.AreEqual(left, right, scratch));
    }

    /// <summary>Whether both are days, and one is the other with day and month exchanged.</summary>
    public bool AreExchanged(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
        => days.TryRead(left, out long one) && days.TryRead(right, out long other) && Calendar.AreExchanged(one, other);

    public bool? Reads(ReadOnlySpan<byte> value, Utf8Scratch scratch) => MirrorInstant.TryRead(value, out _);
}
