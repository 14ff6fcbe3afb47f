using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Choice;

/// <summary>A list such as <c>a;b</c> in the making, without blanks and duplicates.</summary>
/// <param name="room">Room for all items and the semicolons between them.</param>
internal ref struct Utf8List(Span<byte> room)
{
    private const int MostScanned = 64;
    private const int MostBytesScanned = 4096;
    private readonly Span<byte> _room = room;
    private int _used;
    private int _count;

    // Looking an item up by scanning is fastest for lists as they should be; prose in place of a list must not hang.
    private HashSet<byte[]>? _seen;

    internal readonly ReadOnlySpan<byte> Text => _room[.._used];

    /// <summary>Adds an item, unless it is blank or there.</summary>
    internal void Add(ReadOnlySpan<byte> item)
    {
        if (item.IsEmpty || (_seen is null && _count < MostScanned && _used < MostBytesScanned ? Holds(Text, item) : !AddSeen(item)))
        {
            return;
        }

        if (_used > 0)
        {
            _room[_used++] = (byte)';';
        }

        item.CopyTo(_room[_used..]);
        _used += item.Length;
        _count++;
    }

    internal static bool Holds(ReadOnlySpan<byte> list, ReadOnlySpan<byte> item)
    {
        while (!list.IsEmpty)
        {
            int end = list.IndexOf((byte)';');
            if (Utf8WhiteSpace.Trim(end < 0 ? list : list[..end]).SequenceEqual(item))
            {
                return true;
            }

            list = end < 0 ? default : list[(end + 1)..];
        }

        return false;
    }

    private bool AddSeen(ReadOnlySpan<byte> item)
    {
        if (_seen is null)
        {
            _seen = new HashSet<byte[]>(Utf8Comparer.Instance);
            ReadOnlySpan<byte> text = Text;
            foreach (Range part in text.Split((byte)';'))
            {
                _ = _seen.Add(text[part].ToArray());
            }
        }

        return _seen.GetAlternateLookup<ReadOnlySpan<byte>>().Add(item);
    }
}
