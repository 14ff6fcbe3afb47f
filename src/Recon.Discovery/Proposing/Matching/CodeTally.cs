namespace Recon.Discovery.Proposing.Matching;

/// <summary>
/// Counts the codes of two columns, pair by pair. It is kept for further columns: there are as many codes as values in all columns
/// together, of which two columns have few. Not thread-safe.
/// </summary>
internal sealed class CodeTally
{
    private readonly List<int> _seen = [];
    private int[] _file = [];
    private int[] _mirror = [];
    private bool[] _agrees = [];

    /// <param name="file">The file's code: above zero, or <see cref="Reading.CodeBook.Unread"/>.</param>
    /// <param name="mirror">The mirror's.</param>
    public void Add(int file, int mirror)
    {
        int most = Math.Max(file, mirror);
        if (most >= _file.Length)
        {
            int length = Math.Max(most + 1, _file.Length * 2);
            Array.Resize(ref _file, length);
            Array.Resize(ref _mirror, length);
            Array.Resize(ref _agrees, length);
        }

        if (file > 0)
        {
            _seen.Add(file);
            _file[file]++;
            _agrees[file] |= file == mirror;
        }

        if (mirror > 0)
        {
            _seen.Add(mirror);
            _mirror[mirror]++;
        }
    }

    /// <summary>What was counted; nothing is left.</summary>
    /// <returns>The sum of the products of each code's counts, and the codes that stood on both sides of a pair.</returns>
    public (double Products, int Agreeing) Take()
    {
        double products = 0;
        int agreeing = 0;
        foreach (int code in _seen)
        {
            products += (double)_file[code] * _mirror[code];
            agreeing += _agrees[code] ? 1 : 0;
            (_file[code], _mirror[code], _agrees[code]) = (0, 0, false);
        }

        _seen.Clear();
        return (products, agreeing);
    }
}
