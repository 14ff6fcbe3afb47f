using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract.Cuts;

/// <summary>Lengths of a column's different texts: with and without the white space around them.</summary>
/// <param name="mostTexts">Different texts that are looked at.</param>
internal sealed class ColumnLengths(int mostTexts)
{
    private const int MostPatterns = 8;

    // Where fewer texts are cut at nearly the same length, it is the same cut, counted by another measure.
    private const int SameCut = 25;

    // Of a character of three bytes.
    private const int MostTorn = 2;

    private static readonly TextMeasure[] s_measures = Enum.GetValues<TextMeasure>();

    private readonly HashSet<ulong> _seen = [];

    // Most texts have one length whatever is counted.
    private readonly Dictionary<int, int> _same = [];
    private readonly LengthHistogram[] _raw = [.. s_measures.Select(_ => new LengthHistogram())];
    private readonly LengthHistogram[] _trimmed = [.. s_measures.Select(_ => new LengthHistogram())];
    private bool _anyTrimmed;

    /// <param name="raw">A text as it stands in the file.</param>
    /// <param name="trimmed">The same without the white space around it.</param>
    public void Add(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> trimmed)
    {
        if (_seen.Count >= mostTexts || !_seen.Add(TextShape.Of(raw)))
        {
            return;
        }

        var lengths = TextLengths.Of(raw);
        if (lengths.IsOne && raw.Length == trimmed.Length)
        {
            _same[lengths.Bytes] = _same.GetValueOrDefault(lengths.Bytes) + 1;
            return;
        }

        _anyTrimmed |= raw.Length != trimmed.Length;
        Add(_raw, lengths);
        Add(_trimmed, raw.Length == trimmed.Length ? lengths : TextLengths.Of(trimmed));
    }

    /// <summary>The lengths at which texts were cut, the one with most texts first.</summary>
    /// <param name="name">The column's name.</param>
    public IReadOnlyList<CutPattern> FindCuts(string name)
    {
        List<CutPattern> found = [];
        foreach (CutPattern cut in AllCuts(name).OrderByDescending(cut => cut.Weight).ThenBy(cut => (int)cut.Length.Measure))
        {
            if (found.Count < MostPatterns && !found.Exists(known => Math.Abs(known.Length.Length - cut.Length.Length) < SameCut))
            {
                found.Add(cut);
            }
        }

        return found;
    }

    private IEnumerable<CutPattern> AllCuts(string name)
    {
        foreach ((int length, int texts) in _same)
        {
            foreach (LengthHistogram histogram in _raw.Concat(_trimmed))
            {
                histogram.Add(length, texts);
            }
        }

        _same.Clear();
        foreach (TextMeasure measure in s_measures)
        {
            foreach (LengthHistogram[] histograms in _anyTrimmed ? [_raw, _trimmed] : (LengthHistogram[][])[_raw])
            {
                foreach ((int length, int texts, bool areTorn) in histograms[(int)measure].FindCuts(measure == TextMeasure.Bytes ? MostTorn : 0))
                {
                    yield return new CutPattern(name, new TextLength(length, measure), texts, _seen.Count) { AreTorn = areTorn };
                }
            }
        }
    }

    private static void Add(LengthHistogram[] histograms, TextLengths lengths)
    {
        foreach (TextMeasure measure in s_measures)
        {
            histograms[(int)measure].Add(lengths[measure]);
        }
    }
}
