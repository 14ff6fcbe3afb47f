using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract.Cuts;

/// <summary>
/// The lengths at which texts of each column may have been cut: the limits that many tools have, and what a sample of the
/// files showed. Marks the fields that have one as they stand in the file, which is not seen any more once they are trimmed.
/// </summary>
internal sealed class CutLengths : IFieldWatch
{
    // Limits of columns, grids, spreadsheets and list exports, ascending.
    private static readonly int[] s_known = [255, 256, 1000, 1024, 2000, 2048, 4000, 8000, 8192, 32_767, 65_535, 65_536];
    private static readonly TextMeasure[] s_measures = Enum.GetValues<TextMeasure>();

    // By column of the file: none where the column is made into no text.
    private readonly int[]?[] _found;

    private CutLengths(int[]?[] found, IReadOnlyList<CutPattern> patterns)
    {
        _found = found;
        Patterns = patterns;
    }

    /// <summary>What the sample showed.</summary>
    public IReadOnlyList<CutPattern> Patterns { get; }

    /// <param name="patterns">What a sample showed; nothing where there is none.</param>
    public static CutLengths Of(ValidPipeline pipeline, SourceColumns columns, IReadOnlyList<CutPattern> patterns)
    {
        HashSet<string> texts = new(Columns(pipeline), StringComparer.OrdinalIgnoreCase);
        return new CutLengths(
            [.. columns.Names.Select(name => !texts.Contains(name) ? null : patterns
                .Where(pattern => name.Equals(pattern.Column, StringComparison.OrdinalIgnoreCase))
                .Select(pattern => pattern.Length.Length).Order().ToArray())],
            patterns);
    }

    /// <summary>The columns of a pipeline that are compared as texts.</summary>
    public static IEnumerable<string> Columns(ValidPipeline pipeline)
        => pipeline.Diff.Properties.Where(property => property.IsText).SelectMany(PipelineColumns.SourcesOf)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    // Line ends that count as two may be one byte each.
    public int From(int column) => _found[column] is [int least, ..] ? least / 2 : int.MaxValue;

    public bool See(RecordBatch batch, int column, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> trimmed)
    {
        if (_found[column] is null || raw.Length < Least(column))
        {
            return false;
        }

        // The last line end may be a torn one, whose other half was made whole.
        ReadOnlySpan<byte> text = raw.TrimEnd("\r\n"u8);
        if ((Find(column, raw) ?? (text.Length < raw.Length ? Find(column, text, missing: 2 * (raw.Length - text.Length)) : null)) is not { } length)
        {
            return false;
        }

        batch.MarkCut(column, length, endsInSpace: !raw.EndsWith(trimmed));
        return Array.BinarySearch(_found[column]!, length.Length) >= 0;
    }

    /// <summary>Fewest bytes of a text of a column that may have been cut.</summary>
    public int Least(int column) => Math.Min(From(column), s_known[0] / 2);

    /// <summary>At which length a text was cut, if it was.</summary>
    /// <param name="missing">White space that may be missing at its end; a line end counts as two, which it may have been.</param>
    /// <param name="next">Bytes of the next character, which is missing whole where the cut fell into the middle of it.</param>
    public TextLength? Find(int column, ReadOnlySpan<byte> text, int missing = 0, int next = 1)
    {
        // Of the last character, up to three bytes may be left.
        while (text.EndsWith("\uFFFD"u8))
        {
            text = text[..^3];
            missing += 3;
        }

        var lengths = TextLengths.Of(text);
        int[] found = _found[column] ?? [];
        foreach (TextMeasure measure in s_measures)
        {
            int length = lengths[measure];
            int most = missing + Left(next, measure);
            if ((Within(found, length, most) ?? Within(s_known, length, most)) is int cut)
            {
                return new TextLength(cut, measure);
            }
        }

        return null;
    }

    // What a cut in the middle of a character leaves of it, at most. Whole characters are not cut.
    private static int Left(int bytes, TextMeasure measure) => measure switch
    {
        TextMeasure.Bytes => bytes - 1,
        TextMeasure.Characters => 0,
        _ => bytes == 4 ? 1 : 0,
    };

    private static int? Within(int[] cuts, int length, int missing)
    {
        int index = Array.BinarySearch(cuts, length);
        index = index < 0 ? ~index : index;
        return index < cuts.Length && cuts[index] <= length + missing ? cuts[index] : null;
    }
}
