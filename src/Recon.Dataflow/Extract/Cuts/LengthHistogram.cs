namespace Recon.Dataflow.Extract.Cuts;

/// <summary>How many different texts have each length, and at which lengths that shows a cut.</summary>
/// <remarks>
/// <para>A cut leaves a pile: many texts of exactly one length, and few of the lengths beside it. Where all rows were cut,
/// hardly any text is longer; where only old rows were, the longer ones are as many as ever.</para>
/// <para>The rates are compared, and with few texts chance, too: so many texts of one length must not be expected once in
/// a thousand such columns.</para>
/// </remarks>
internal sealed class LengthHistogram
{
    /// <summary>Shorter texts are codes and names, of which many have the same length.</summary>
    public const int ShortestCut = 10;

    private const int LeastTexts = 3;
    private const int LeastLengths = 8;
    private const double LeastRatio = 4;
    private const double LeastEdgeRatio = 1.5;
    private const int LeastEdgeTexts = 20;

    private readonly Dictionary<int, int> _counts = [];

    private int[] _lengths = [];
    private int[] _sums = [];

    public void Add(int length, int count = 1) => _counts[length] = _counts.GetValueOrDefault(length) + count;

    /// <summary>The lengths at which texts were cut, the shortest first, with the number of texts.</summary>
    public IEnumerable<(int Length, int Texts)> FindCuts()
    {
        _lengths = [.. _counts.Keys];
        Array.Sort(_lengths);
        _sums = new int[_lengths.Length + 1];
        for (int index = 0; index < _lengths.Length; index++)
        {
            _sums[index + 1] = _sums[index] + At(_lengths[index]);
        }

        foreach (int length in _lengths)
        {
            if (length >= ShortestCut && At(length) is >= LeastTexts and int texts && IsCut(length, texts))
            {
                yield return (length, texts);
            }
        }
    }

    private bool IsCut(int length, int texts)
    {
        int shorter = Sum(0, length - 1);
        int longer = Sum(length + 1, int.MaxValue);

        // Codes of a fixed width, or of two or three, are not cut.
        if ((shorter + longer) * 4L < _sums[^1] || _lengths.Length <= LeastLengths)
        {
            return false;
        }

        return IsPile(length, texts) || IsEdge(length, texts, shorter, longer);
    }

    private bool IsPile(int length, int texts)
    {
        double near = Math.Max(Rate(length - 3, length - 1), Rate(length + 1, length + 3));
        double rate = 0.001;
        foreach (int width in (ReadOnlySpan<int>)[10, 20, Math.Max(30, length / 4)])
        {
            rate = Math.Max(rate, Math.Max(Rate(length - width, length - 1), Rate(length + 1, length + width)));
        }

        return texts >= LeastRatio * Math.Max(rate, near) && Chance(texts, rate) * _lengths.Length < 0.001;
    }

    // Lengths run out gradually, not at their most frequent one.
    private bool IsEdge(int length, int texts, int shorter, int longer)
        => texts >= LeastEdgeTexts
            && longer * 50L <= texts
            && shorter * 4L >= _sums[^1]
            && Array.BinarySearch(_lengths, length) >= LeastLengths
            && texts >= LeastEdgeRatio * Math.Max(At(length - 1), Math.Max(At(length - 2), At(length - 3)));

    private int At(int length) => _counts.GetValueOrDefault(length);

    private double Rate(int from, int to) => Sum(from, to) / (double)(to - Math.Max(from, 1) + 1);

    private int Sum(int from, int to) => _sums[Until(to)] - _sums[Until(from - 1)];

    /// <summary>Number of the lengths up to one.</summary>
    private int Until(int length)
    {
        int index = Array.BinarySearch(_lengths, length);
        return index >= 0 ? index + 1 : ~index;
    }

    /// <summary>How likely so many texts, or more, have one length by chance, where few are expected (Poisson).</summary>
    private static double Chance(int texts, double expected)
    {
        double log = -expected;
        for (int count = 1; count <= texts; count++)
        {
            log += Math.Log(expected / count);
        }

        return Math.Exp(log) / (1 - (expected / (texts + 1)));
    }
}
