using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>The same instant to the millisecond, or the same calendar day; epoch milliseconds and ISO texts alike.</summary>
internal sealed class TimeComparison(bool dayOnly) : IComparison
{
    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        bool isTime = TryReadTime(left, out long one);
        return isTime == TryReadTime(right, out long other) && (isTime ? one == other : WrongData.AreEqual(left, right, scratch));
    }

    // A day is a day only at midnight UTC.
    private bool TryReadTime(ReadOnlySpan<byte> text, out long milliseconds)
        => MirrorInstant.TryRead(text, out milliseconds) && (!dayOnly || milliseconds % WallTime.MillisecondsPerDay == 0);
}
