using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>The same instant to the millisecond; epoch milliseconds and ISO texts alike.</summary>
internal sealed class InstantComparison : IComparison
{
    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        bool isTime = MirrorInstant.TryRead(left, out long one);
        return isTime == MirrorInstant.TryRead(right, out long other) && (isTime ? one == other : WrongData.AreEqual(left, right, scratch));
    }

    public bool? Reads(ReadOnlySpan<byte> value, Utf8Scratch scratch) => MirrorInstant.TryRead(value, out _);
}
