namespace Recon.Dataflow.Values.Time;

/// <summary>The autumn hour that a zone's clocks show twice: a local time in it has two readings, which are equal.</summary>
internal sealed class RepeatedHour(string zone)
{
    private readonly LocalZone _zone = new(zone);

    /// <param name="reading">The instant that was taken for a local time that occurs twice.</param>
    /// <param name="other">HubSpot's value; no instant is no reading.</param>
    public bool AreReadingsOfOne(ReadOnlySpan<byte> reading, ReadOnlySpan<byte> other)
        => MirrorInstant.TryRead(reading, out long one) && MirrorInstant.TryRead(other, out long two)
            && LocalOf(one) == LocalOf(two);

    /// <summary>The local time of an instant, both in milliseconds since 1970.</summary>
    public long LocalOf(long instant) => instant + _zone.OffsetAt(instant);
}
