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
    /// <param name="torn">What may be missing at a cut, because it fell into a character of which nothing was left.</param>
    /// <returns>Also whether texts count of which that much is missing.</returns>
    public IEnumerable<(int Length, int Texts, bool AreTorn)> FindCuts(int torn = 0)
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
            if (length < ShortestCut || At(length) is not (>= LeastTexts and int texts) || IsUniform(length))
            {
                continue;
            }

            int all = Sum(length - torn, length);
            if (IsPile(length, length) || IsEdge(length, texts))
            {
                yield return (length, texts, false);
            }
            else if (texts * (torn + 2) >= all && IsPile(length - torn, length))
            {
                yield return (length, all, true);
            }
        }
    }

    // Codes of a fixed width, or of two or three, are not cut.
    private bool IsUniform(int length) => (_sums[^1] - At(length)) * 4L < _sums[^1] || _lengths.Length <= LeastLengths;

    private bool IsPile(int from, int to)
    {
        int lengths = to - from + 1;
        int texts = Sum(from, to);
        double near = Math.Max(Rate(from - 3, from - 1), Rate(to + 1, to + 3));
        double rate = 0.001;
        foreach (int width in (ReadOnlySpan<int>)[10, 20, Math.Max(30, to / 4)])
        {
            rate = Math.Max(rate, Math.Max(Rate(from - width, from - 1), Rate(to + 1, to + width)));
        }

        return texts >= LeastRatio * lengths * Math.Max(rate, near) && Chance(texts, lengths * rate) * _lengths.Length < 0.001;
    }

    // Lengths run out gradually, not at their most frequent one.
    private bool IsEdge(int length, int texts)
        => texts >= LeastEdgeTexts
            && Sum(length + 1, int.MaxValue) * 50L <= texts
            && Sum(0, length - 1) * 4L >= _sums[^1]
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
