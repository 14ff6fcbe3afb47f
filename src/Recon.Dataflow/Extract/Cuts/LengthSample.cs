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
    private const int MostTexts = 200_000;

    private readonly ColumnLengths[] _columns = [.. columns.Names.Select(_ => new ColumnLengths(MostTexts))];

    public int From(int column) => column == 0 ? int.MaxValue : 1;

    public bool See(RecordBatch batch, int column, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> trimmed)
    {
        _columns[column].Add(raw, trimmed);
        return false;
    }

    /// <summary>The cuts of each column, the one with most texts first.</summary>
    public IReadOnlyList<CutPattern> FindCuts() => [.. columns.Names.SelectMany((name, index) => _columns[index].FindCuts(name))];
}
