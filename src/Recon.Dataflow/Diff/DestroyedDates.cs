using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Diff;

/// <summary>A date column that a spreadsheet destroyed.</summary>
/// <param name="Destroyed">Values of the sample whose date is lost.</param>
internal sealed record DestroyedDateColumn(string File, string Column, int Destroyed, int Values)
{
    /// <summary>What happened, what recon does about it, and what people have to do.</summary>
    public string Warning => $"{File}: {Destroyed} of the first {Values} values of {Column} lost their date in a spreadsheet "
        + "(27:31.0), so the column cannot be trusted and is left out of this run. Export it again as text. "
        + "\"destroyedDates\" of the diff block sets the share that is let pass.";
}

/// <summary>
/// Looks for date columns that a spreadsheet destroyed, before the first batch: what a stream has already committed it
/// cannot take back. The first records of each file are the sample, so the same file always gives the same verdict,
/// also when a run is resumed.
/// </summary>
internal static class DestroyedDates
{
    /// <summary>Records of each file that are looked at.</summary>
    public const int SampleRecords = 1_000;

    /// <summary>Fewest destroyed values that leave a column out.</summary>
    public const int LeastDestroyed = 10;

    /// <param name="csv">Its csv block, with the path that is read.</param>
    /// <returns>The columns, by file; none for standard input, which can be read once only.</returns>
    /// <exception cref="InputException">The input cannot be used.</exception>
    public static async Task<IReadOnlyList<DestroyedDateColumn>> FindAsync(
        ValidPipeline pipeline,
        CsvBlockDefinition csv,
        DefaultsDefinition defaults,
        BatchReaderOptions options,
        CancellationToken cancellationToken)
    {
        string[] dates =
        [
            .. pipeline.Diff.Properties.Where(property => property.IsDate).Select(property => property.Column!)
                .Where(column => !column.Equals(csv.Id, StringComparison.OrdinalIgnoreCase))
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        if (dates.Length == 0 || csv.Path == "-" || pipeline.Diff.DestroyedDates >= 100)
        {
            return [];
        }

        List<DestroyedDateColumn> found = [];
        var columns = new SourceColumns(dates.Prepend(csv.Id));
        CsvBlockDefinition plain = csv with { Exclude = [], Repair = Repair.None };
        BatchReaderOptions sampling = options with
        {
            Limit = SampleRecords,
            Ids = null,
            Observer = null,
            ValidateUpFront = false,
            ResumeFrom = new Dictionary<long, SourceRange>(),
        };
        foreach (SourceFile file in await SourceFinder.FindAsync(csv.Path, options, cancellationToken))
        {
            var sample = new Sample(dates.Length);
            await using BatchReader reader = await BatchReader.OpenAsync(
                plain with { Path = file.Path }, pipeline.Batch, defaults, columns, sampling, cancellationToken);
            while (await reader.ReadAsync(cancellationToken) is { } batch)
            {
                using (batch)
                {
                    sample.Add(batch);
                }
            }

            found.AddRange(dates.Select((column, index) => new DestroyedDateColumn(file.Name, column, sample.Destroyed[index], sample.Values[index]))
                .Where(column => column.Destroyed >= LeastDestroyed
                    && column.Destroyed * 100.0 > column.Values * pipeline.Diff.DestroyedDates));
        }

        return found;
    }

    private sealed class Sample(int columns)
    {
        public int[] Destroyed { get; } = new int[columns];

        public int[] Values { get; } = new int[columns];

        // The id is the batch's first column, and the dates follow it.
        public void Add(RecordBatch batch)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                for (int column = 1; column < batch.Columns.Count; column++)
                {
                    ReadOnlySpan<byte> value = batch.Field(row, column);
                    Values[column - 1] += value.IsEmpty ? 0 : 1;
                    Destroyed[column - 1] += ExcelDate.LooksDestroyed(value) ? 1 : 0;
                }
            }
        }
    }
}
