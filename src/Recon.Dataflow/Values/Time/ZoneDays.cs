using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>The days of moments in a zone. Midnight UTC is how HubSpot writes a day, and so it is that day in every zone.</summary>
internal sealed class ZoneDays(string zone)
{
    private readonly LocalZone _zone = new(zone);

    /// <summary>Whether a value is a moment other than midnight UTC.</summary>
    public static bool HasTimeOfDay(ReadOnlySpan<byte> text)
        => MirrorInstant.TryRead(text, out long instant) && instant % WallTime.MillisecondsPerDay != 0;

    /// <param name="day">Days since 1970-01-01.</param>
    public bool TryRead(ReadOnlySpan<byte> text, out long day)
    {
        bool read = MirrorInstant.TryRead(text, out long instant);
        long local = instant % WallTime.MillisecondsPerDay == 0 ? instant : instant + _zone.OffsetAt(instant);
        day = Math.DivRem(local, WallTime.MillisecondsPerDay, out long rest) - (rest < 0 ? 1 : 0);
        return read;
    }

    /// <summary>The moment of a day that has another moment's time of day.</summary>
    /// <param name="day">The day; what is none stays as it is.</param>
    public ReadOnlySpan<byte> At(ReadOnlySpan<byte> day, ReadOnlySpan<byte> moment, Utf8Scratch scratch)
    {
        if (!TryRead(day, out long number) || !MirrorInstant.TryRead(moment, out long instant) || !TryRead(moment, out long old))
        {
            return day;
        }

        long local = instant + _zone.OffsetAt(instant) + ((number - old) * WallTime.MillisecondsPerDay);
        _ = _zone.Find(local, out int offset, out _);
        ReadOnlySpan<byte> text = Calendar.WriteInstant(local - offset, scratch);
        return text.IsEmpty ? day : text;
    }
}
