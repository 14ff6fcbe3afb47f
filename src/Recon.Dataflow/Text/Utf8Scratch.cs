namespace Recon.Dataflow.Text;

/// <summary>
/// Room for the intermediate texts of one row's conversions. What <see cref="Take"/> returns stays valid until
/// <see cref="Reset"/>, also when more room had to be made meanwhile. Not thread-safe: one per running diff.
/// </summary>
internal sealed class Utf8Scratch
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _used;

    /// <summary>Takes room; its content is undefined.</summary>
    public Span<byte> Take(int size)
    {
        if (_used + size > _buffer.Length)
        {
            // Spans into the old buffer may be in use: it is left to the garbage collector.
            _buffer = new byte[Math.Max(size, _buffer.Length * 2)];
            _used = 0;
        }

        Span<byte> room = _buffer.AsSpan(_used, size);
        _used += size;
        return room;
    }

    /// <summary>Gives the end of the last room taken back.</summary>
    public void GiveBack(int size) => _used -= size;

    public ReadOnlySpan<byte> Encode(ReadOnlySpan<char> text)
    {
        Span<byte> room = Take(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        int written = System.Text.Encoding.UTF8.GetBytes(text, room);
        GiveBack(room.Length - written);
        return room[..written];
    }

    /// <summary>Makes all room free again.</summary>
    public void Reset() => _used = 0;
}
