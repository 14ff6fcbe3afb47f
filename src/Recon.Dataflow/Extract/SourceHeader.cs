using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Extract;

/// <summary>All columns of a pipeline's files, whether the definition uses them or not.</summary>
/// <param name="Columns">The names, each once, in the order of the first file that has it. Columns without a name are left out.</param>
/// <param name="Optional">Those that some of the files lack.</param>
internal sealed record SourceHeader(IReadOnlyList<string> Columns, IReadOnlySet<string> Optional)
{
    /// <exception cref="InputException">The input cannot be used, or is standard input.</exception>
    public static async Task<SourceHeader> ReadAsync(
        CsvBlockDefinition csv, BatchReaderOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<SourceFile> files = await SourceFinder.FindAsync(csv.Path, options, cancellationToken);
        if (files[0].Kind == InputKind.StandardInput)
        {
            throw new InputException("Standard input cannot be read twice, first for its columns. Save it as a file.");
        }

        List<string> columns = [];
        Dictionary<string, int> counts = new(StringComparer.OrdinalIgnoreCase);
        foreach (SourceFile file in files)
        {
            SourceStart start = await SourceStart.OpenAsync(file, csv, new SourceColumns([csv.Id]), options, cancellationToken);
            await using (start.Records)
            {
                foreach (string name in start.Header.Names.Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase))
                {
                    if (!counts.TryAdd(name, 1))
                    {
                        counts[name]++;
                    }
                    else
                    {
                        columns.Add(name);
                    }
                }
            }
        }

        return new SourceHeader(
            columns,
            counts.Where(pair => pair.Value < files.Count).Select(pair => pair.Key).ToHashSet(StringComparer.OrdinalIgnoreCase));
    }
}
