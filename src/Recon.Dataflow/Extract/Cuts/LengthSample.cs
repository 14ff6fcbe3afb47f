using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract.Cuts;

/// <summary>A length at which a column's texts were cut.</summary>
/// <param name="Texts">Different texts of the sample that have it.</param>
/// <param name="Sample">Different texts of the sample.</param>
internal sealed record CutPattern(string Column, TextLength Length, int Texts, int Sample)
{
    /// <summary>
    /// Whether texts count that are shorter by what was left of a character. They are more than those of the very length anyway: not more
    /// of the same cut, where another measure shows nearly as many.
    /// </summary>
    public bool AreTorn { get; init; }

    /// <summary>By which the pattern is chosen among those of nearly the same length.</summary>
    public int Weight => AreTorn ? Texts * 2 / 3 : Texts;

    /// <summary>The cuts of a column, as the end of a sentence.</summary>
    public static string InWords(string column, IReadOnlyList<CutPattern> patterns) => string.Join(", ", patterns
        .Where(pattern => pattern.Column.Equals(column, StringComparison.OrdinalIgnoreCase))
        .Select(pattern => $"at {pattern.Length} ({CountText.Show(pattern.Texts)} of {CountText.Show(pattern.Sample)} different texts in a sample)"));
}

/// <summary>Lengths of a sample's different texts, by column: with and without the white space around them.</summary>
/// <param name="columns">The id, which is left alone, and the columns of texts.</param>
internal sealed class LengthSample(SourceColumns columns) : IFieldWatch
{
    private const int MostPatterns = 8;

    // Where fewer texts are cut at nearly the same length, it is the same cut, counted by another measure.
    private const int SameCut = 25;

    private readonly ColumnLengths[] _columns = [.. columns.Names.Select(_ => new ColumnLengths())];

    public int From(int column) => column == 0 ? int.MaxValue : 1;

    public bool See(RecordBatch batch, int column, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> trimmed)
    {
        _columns[column].Add(raw, trimmed);
        return false;
    }

    /// <summary>The cuts of each column, the one with most texts first.</summary>
    public IReadOnlyList<CutPattern> FindCuts() => [.. columns.Names.SelectMany((name, index) => CutsOf(name, _columns[index]))];

    private static List<CutPattern> CutsOf(string name, ColumnLengths lengths)
    {
        List<CutPattern> found = [];
        foreach (CutPattern cut in lengths.FindCuts(name).OrderByDescending(cut => cut.Weight).ThenBy(cut => (int)cut.Length.Measure))
        {
            if (found.Count < MostPatterns && !found.Exists(known => Math.Abs(known.Length.Length - cut.Length.Length) < SameCut))
            {
                found.Add(cut);
            }
        }

        return found;
    }

    private sealed class ColumnLengths
    {
        private const int MostTexts = 200_000;

        // Of a character of three bytes.
        private const int MostTorn = 2;

        private static readonly TextMeasure[] s_measures = Enum.GetValues<TextMeasure>();

        private readonly HashSet<ulong> _seen = [];

        // Most texts have one length whatever is counted.
        private readonly Dictionary<int, int> _same = [];
        private readonly LengthHistogram[] _raw = [.. s_measures.Select(_ => new LengthHistogram())];
        private readonly LengthHistogram[] _trimmed = [.. s_measures.Select(_ => new LengthHistogram())];
        private bool _anyTrimmed;

        public void Add(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> trimmed)
        {
            if (_seen.Count >= MostTexts || !_seen.Add(TextShape.Of(raw)))
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

        public IEnumerable<CutPattern> FindCuts(string name)
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
}
