using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Plan;
using Recon.Postgres.Decisions;

namespace Recon.Postgres.Runs;

/// <summary>Reads the rows of the file that have certain legacy ids, for who chooses between them. The whole file is read; nothing is looked up.</summary>
internal sealed class RepeatedRows(RunContext context)
{
    /// <param name="legacyIds">The ids, canonical.</param>
    /// <returns>By id the rows that a run would stage, in the order of the file; those that it filters or rejects are left out.</returns>
    /// <exception cref="InputException">The input cannot be used.</exception>
    public async Task<ILookup<string, ChosenRow>> ReadAsync(IReadOnlySet<string> legacyIds, CancellationToken cancellationToken)
    {
        RunRequest reading = context.Request with { Limit = null, Ids = legacyIds };
        await using RunInput input = await RunInput.OpenAsync(reading, context.Pipeline, cancellationToken);
        SourceColumns columns = input.Columns.Source;
        int[] staged =
        [
            .. ReconciliationPlan.LegacyPropertyNames(context.Pipeline).Where(name => !input.Reader.MissingColumns.Contains(name)).Select(columns.IndexOf),
        ];
        int id = columns.IndexOf(context.Pipeline.Csv.Id);
        List<(string LegacyId, ChosenRow Row)> rows = [];
        while (await input.ReadAsync(NoWaits.Instance, cancellationToken) is { } batch)
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
                    foreach (int column in staged.Where(column => !batch.Field(row, column).IsEmpty))
                    {
                        values[columns.Names[column]] = Encoding.UTF8.GetString(batch.Field(row, column));
                    }

                    rows.Add((
                        Encoding.UTF8.GetString(batch.Field(row, id)),
                        new ChosenRow(batch.Line(row), input.FileNames.Count > 1 ? input.FileNames[batch.Range.File] : null, values)));
                }
            }
        }

        return rows.ToLookup(row => row.LegacyId, row => row.Row, StringComparer.Ordinal);
    }
}
