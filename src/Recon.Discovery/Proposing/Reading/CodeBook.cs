using Recon.Dataflow.Text;

namespace Recon.Discovery.Proposing.Reading;

/// <summary>Numbers for the forms of one comparison, from 1; 0 stands for no value.</summary>
internal sealed class CodeBook
{
    /// <summary>A value that the reading does not understand: it agrees with nothing.</summary>
    public const int Unread = -1;

    private readonly Dictionary<ulong, int> _codes = [];

    public int CodeOf(ReadOnlySpan<byte> form)
    {
        ulong hash = KeyHash.Of(form);
        if (!_codes.TryGetValue(hash, out int code))
        {
            _codes[hash] = code = _codes.Count + 1;
        }

        return code;
    }
}
