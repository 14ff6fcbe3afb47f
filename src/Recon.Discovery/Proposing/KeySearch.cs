using Npgsql;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Matching;
using Recon.Discovery.Proposing.Names;
using Recon.Postgres.Catalog;
using Recon.Postgres.Discovery;

namespace Recon.Discovery.Proposing;

/// <summary>Finds the columns by which a file's records and a table's rows are the same.</summary>
internal sealed class KeySearch(NpgsqlConnection connection, FileSample file, IReadOnlyList<ColumnName> fileNames)
{
    private const int MostCandidates = 10;
    private const int PairsToJudge = 600;
    private const int FewestShared = 3;

    // What a business calls its numbers, which people may change.
    private static readonly string[] s_numbers = ["number", "numero", "num", "no", "nr", "ref", "reference", "code"];

    /// <summary>Looks for the values of all columns in all columns of a table.</summary>
    public Task<IdScan?> ScanAsync(MirrorTable table, IReadOnlyList<IdColumn> columns, TimeSpan limit, CancellationToken cancellationToken)
        => IdScan.RunAsync(connection, table, IdCores.Asked(columns.SelectMany(column => column.Cores).Distinct(StringComparer.Ordinal)), limit, cancellationToken);

    /// <summary>The candidates of a table, the best first, judged by what agrees once the two are joined.</summary>
    public async Task<IReadOnlyList<KeyCandidate>> JudgeAsync(IdScan scan, IReadOnlyList<IdColumn> columns, TimeSpan limit, CancellationToken cancellationToken)
    {
        Dictionary<string, ColumnName> names = ColumnName.Of([.. scan.Table.Columns.Select(column => column.Name)]).ToDictionary(name => name.Name);
        KeyCandidate[] all =
        [
            .. KeyCandidate.Of(scan, columns).Where(candidate => candidate.Shared >= Math.Min(FewestShared, candidate.Asked))
                .Select(candidate => candidate with
                {
                    Name = NameOf(candidate, names[candidate.Column]),
                    IsValue = fileNames[candidate.File.Index].Concepts.Overlaps(Lexicon.NoIds) || names[candidate.Column].Concepts.Overlaps(Lexicon.NoIds),
                    IsHubspotId = HubspotIdColumn.IsNamed(candidate.Column) || scan.Table.PrimaryKey == candidate.Column,
                }),
        ];

        // The most promising of each column of the file, so that one column with many chance matches does not hide the others.
        KeyCandidate[] promising =
        [
            .. all.GroupBy(candidate => candidate.File.Index).SelectMany(same => same.OrderByDescending(candidate => candidate.Promise).Take(3))
                .OrderByDescending(candidate => candidate.Promise).Take(MostCandidates),
        ];
        List<KeyCandidate> judged = [];
        foreach (IGrouping<string, KeyCandidate> ofColumn in promising.GroupBy(candidate => candidate.Column))
        {
            HashSet<string> cores = [.. ofColumn.SelectMany(candidate => candidate.File.Cores)];
            string[] keys = [.. scan.Hits.Where(hit => hit.Column == ofColumn.Key && cores.Contains(IdCores.Of(hit.Value))).Select(hit => hit.Value)];
            int step = Math.Max(1, keys.Length / (PairsToJudge * ofColumn.Count()));
            MirrorSample rows = await MirrorSample.ReadAsync(
                connection, scan.Table, ofColumn.Key, [.. keys.Where((_, at) => at % step == 0)], limit, cancellationToken);
            foreach (KeyCandidate candidate in ofColumn)
            {
                var pairs = PairedRows.Join(file, candidate.File.Index, rows, candidate.Column, PairsToJudge);
                judged.Add(candidate with { Agreeing = LooseAgreement.Of(pairs, candidate.File.Index, pairs.MirrorIndex(candidate.Column)) });
            }
        }

        // Of a sample of the table the share that is found is small for all alike.
        return [.. judged.OrderByDescending(candidate => candidate.Score)];
    }

    private double NameOf(KeyCandidate candidate, ColumnName column)
    {
        ColumnName name = fileNames[candidate.File.Index];
        bool isId = name.Concepts.Contains("id") || candidate.File.Name.EndsWith("id", StringComparison.OrdinalIgnoreCase) || candidate.File.IsUuid;
        bool isLegacy = !HubspotIdColumn.IsNamed(candidate.Column)
            && (column.Concepts.Contains("external") || column.Concepts.Contains("id") || candidate.Column.EndsWith("_id", StringComparison.OrdinalIgnoreCase));
        bool isNumber = !column.Concepts.Contains("external") && column.Words.Any(s_numbers.Contains);
        double first = candidate.File.Index == 0 ? 0.2 : 0;
        if (name.Concepts.Contains("rownumber") || column.Concepts.Contains("rownumber"))
        {
            return 0;
        }

        return (isId ? 0.3 : 0) + (isLegacy ? isNumber ? 0.1 : 0.3 : 0) + first + (0.2 * name.Likeness(column));
    }
}
