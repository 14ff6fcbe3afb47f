namespace Recon.Discovery.Profiling.Columns;

/// <summary>Keeps records that are evenly spread over all that it is shown: every one, every second, every fourth …</summary>
internal sealed class RowKeeper(ProfileOptions options)
{
    private const int BytesOfCharacter = 2;
    private const int BytesOfString = 24;

    private readonly List<(string?[] Row, long Bytes)> _rows = [];
    private long _shown;
    private long _stride = 1;
    private long _bytes;

    public IReadOnlyList<string?[]> Rows => [.. _rows.Select(kept => kept.Row)];

    /// <summary>Whether the next record is to be kept. Called once for each record.</summary>
    public bool Wants() => _shown++ % _stride == 0;

    /// <param name="characters">Characters of the texts that only this record holds.</param>
    public void Keep(string?[] row, long characters)
    {
        long bytes = (characters * BytesOfCharacter) + ((long)row.Length * BytesOfString);
        _rows.Add((row, bytes));
        _bytes += bytes;
        while ((_rows.Count > options.MostRows || _bytes > options.MostText) && _rows.Count > 1)
        {
            Thin();
        }
    }

    private void Thin()
    {
        int kept = 0;
        for (int index = 0; index < _rows.Count; index += 2)
        {
            _rows[kept++] = _rows[index];
        }

        _rows.RemoveRange(kept, _rows.Count - kept);
        _bytes = _rows.Sum(row => row.Bytes);
        _stride *= 2;
    }
}
