namespace Recon.Dataflow.Values.Time;

/// <summary>Reads times in declared formats, or ISO where none is declared.</summary>
internal sealed class TimeReader(IReadOnlyList<string> formats)
{
    private readonly TimeFormat[] _formats = TimeFormat.Compile(formats);

    internal bool TryRead(ReadOnlySpan<byte> value, out WallTime time)
    {
        if (_formats.Length == 0)
        {
            return IsoTime.TryParse(value, out time);
        }

        foreach (TimeFormat format in _formats)
        {
            if (format.TryMatch(value, out time))
            {
                return true;
            }
        }

        time = default;
        return false;
    }
}
