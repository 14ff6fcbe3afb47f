using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Extract;

/// <summary>
/// The values of some columns in the first records of an input, before the first batch: the same input always gives the
/// same sample, also when a run is resumed.
/// </summary>
internal static class ColumnSample
{
    /// <summary>Records that are looked at.</summary>
    public const int Records = 1_000;

    /// <param name="csv">Says the path that is read.</param>
    /// <param name="options">How the run reads; its limit, ids and observer do not count.</param>
    /// <returns>By column, the values that are not empty; none for standard input, which can be read once only.</returns>
    /// <exception cref="InputException">The input cannot be used.</exception>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadAsync(
        CsvBlockDefinition csv,
        BatchBlockDefinition batches,
        DefaultsDefinition defaults,
        IEnumerable<string> columns,
        BatchReaderOptions options,
        CancellationToken cancellationToken)
    {
        string[] names = [.. columns.Distinct(StringComparer.OrdinalIgnoreCase)];
        Dictionary<string, IReadOnlyList<string>> sample = new(StringComparer.OrdinalIgnoreCase);
        if (names.Length == 0 || csv.Path == "-")
        {
            return sample;
        }

        // Every record counts, whatever its own id is.
        CsvBlockDefinition plain = csv with { Exclude = [], Repair = Repair.None, IdType = IdType.Text };
        BatchReaderOptions sampling = options with
        {
            Limit = Records,
            Ids = null,
            Observer = null,
            OptionalColumns = names.ToHashSet(StringComparer.OrdinalIgnoreCase),
            ValidateUpFront = false,
            ResumeFrom = new Dictionary<long, SourceRange>(),
        };
        var source = new SourceColumns(names.Prepend(csv.Id));
        await using BatchReader reader = await BatchReader.OpenAsync(plain, batches, defaults, source, sampling, cancellationToken);
        List<string>[] values = [.. names.Select(_ => new List<string>())];
        while (await reader.ReadAsync(cancellationToken) is { } batch)
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    for (int column = 0; column < names.Length; column++)
                    {
                        ReadOnlySpan<byte> value = batch.Field(row, source.IndexOf(names[column]));
                        if (!value.IsEmpty)
                        {
                            values[column].Add(Encoding.UTF8.GetString(value));
                        }
                    }
                }
            }
        }

        for (int column = 0; column < names.Length; column++)
        {
            sample[names[column]] = values[column];
        }

        return sample;
    }
}
