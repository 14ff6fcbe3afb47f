using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Matching;
using Recon.Discovery.Proposing.Names;
using Recon.Postgres.Discovery;

namespace Recon.Discovery.Proposing;

/// <summary>Finds columns of the file that hold the legacy ids of other mirror tables.</summary>
/// <param name="pairs">Records of the file beside their own mirror records.</param>
internal sealed class ParentSearch(NpgsqlConnection connection, FileSample file, IReadOnlyList<ColumnName> fileNames, PairedRows pairs, int idColumn)
{
    private const double LeastShare = 0.3;
    private const double MostlyFound = 0.7;
    private const int RowsToJudge = 800;

    private readonly HashSet<string> _associations = new(StringComparer.Ordinal);

    /// <summary>Columns of the file's own mirror table that hold HubSpot ids of parents.</summary>
    public IReadOnlySet<string> Associations => _associations;

    /// <summary>Looks at one table.</summary>
    /// <param name="limit">For each statement.</param>
    /// <param name="ownKey">The key of the file's own table, where this is it.</param>
    /// <returns>For each column of the file the best key of the table, with how much speaks for it.</returns>
    public async Task<IReadOnlyList<(ParentProposal Parent, double Score, int Column)>> FindAsync(
        IdScan scan, IReadOnlyList<IdColumn> columns, string? ownKey, TimeSpan limit, CancellationToken cancellationToken)
    {
        Dictionary<string, ColumnName> names = ColumnName.Of([.. scan.Table.Columns.Select(column => column.Name)]).ToDictionary(name => name.Name);
        double least = scan.IsSampled ? LeastShare * scan.Percent / 100 : LeastShare;
        List<(ParentProposal, double, int)> found = [];
        foreach (IGrouping<int, KeyCandidate> ofColumn in KeyCandidate.Of(scan, columns)
            .Where(candidate => candidate.File.Index != idColumn && candidate.Share >= least && candidate.Shared >= 2 && candidate.Uniqueness >= 0.8)
            .GroupBy(candidate => candidate.File.Index))
        {
            (ParentProposal Parent, double Score)? best = null;
            foreach (KeyCandidate candidate in ofColumn.OrderByDescending(candidate => candidate.Promise).Take(3))
            {
                if ((ownKey is not null && candidate.Column != ownKey) || HubspotIdColumn.IsNamed(candidate.Column))
                {
                    continue;
                }

                if (await JudgeAsync(scan, candidate, names[candidate.Column], ownKey is not null, limit, cancellationToken) is { } judged && (best is null || judged.Score > best.Value.Score))
                {
                    best = judged;
                }
            }

            if (best is { } kept)
            {
                found.Add((kept.Parent, kept.Score, ofColumn.Key));
            }
        }

        return found;
    }

    private async Task<(ParentProposal Parent, double Score)?> JudgeAsync(
        IdScan scan, KeyCandidate candidate, ColumnName keyName, bool isOwn, TimeSpan limit, CancellationToken cancellationToken)
    {
        string[] keys = [.. scan.Hits.Where(hit => hit.Column == candidate.Column && candidate.File.Cores.Contains(IdCores.Of(hit.Value))).Select(hit => hit.Value)];
        int step = Math.Max(1, keys.Length / RowsToJudge);
        MirrorSample rows = await MirrorSample.ReadAsync(
            connection, scan.Table, candidate.Column, [.. keys.Where((_, at) => at % step == 0)], limit, cancellationToken);
        if (HubspotIdColumn.Find(scan.Table, rows, candidate.Column) is not { } hubspotId)
        {
            return null;
        }

        ColumnName name = fileNames[candidate.File.Index];
        ColumnName table = ColumnName.Of([scan.Table.Table.Name.Value])[0];
        double likeness = Math.Max(Shares(name, table) ? 0.8 : 0, Shares(name, keyName) ? 0.6 : 0);
        if (candidate.Column == hubspotId || (isOwn && !name.Concepts.Contains("parent")))
        {
            return null;
        }

        (int proved, int of, string? proof) = Association(candidate, rows, hubspotId);
        var joined = PairedRows.Join(file, candidate.File.Index, rows, candidate.Column, RowsToJudge);
        double agreeing = LooseAgreement.Of(joined, candidate.File.Index, joined.MirrorIndex(candidate.Column));
        if (proof is not null)
        {
            _ = _associations.Add(proof);
        }

        bool isProved = proof is not null || agreeing >= 0.5;
        double share = candidate.Share * (scan.IsSampled ? Math.Min(100 / scan.Percent, 1 / Math.Max(candidate.Share, 0.001)) : 1);
        double score = (proof is not null ? 3 : 0) + Math.Min(agreeing, 2) + likeness + (0.5 * Math.Min(1, share));
        if (!isProved && (likeness < 0.5 || share < 0.5))
        {
            return null;
        }

        bool isSure = proof is not null || (agreeing >= 0.5 && share >= MostlyFound) || (likeness >= 0.6 && share >= 0.9 && candidate.Shared >= 20);
        IdType type = IdSpelling.TypeOf([.. file.Rows.Select(row => row[candidate.File.Index]).OfType<string>().Distinct(StringComparer.Ordinal)]);
        string evidence = $"{candidate.Shared:N0} of {candidate.Asked:N0} distinct values are keys there{(scan.IsSampled ? $" (in {scan.Percent:0.#} % of the table)" : "")}"
            + (proof is not null ? $"; {proof} holds the parent's HubSpot id in {proved:N0} of {of:N0} pairs"
                : agreeing >= 0.5 ? "; other columns agree, too" : "; the name says so");
        return (new ParentProposal(
            Singular(scan.Table.Table.Name.Value), candidate.File.Name, scan.Table.Table.Display, candidate.Column, hubspotId, type,
            candidate.Asked, candidate.Shared, isSure, evidence), score);
    }

    // A column of the file's own mirror table that holds the HubSpot id of the parent proves that it is one.
    private (int Proved, int Of, string? Column) Association(KeyCandidate candidate, MirrorSample rows, string hubspotId)
    {
        int key = rows.Columns.ToList().FindIndex(column => column.Name == candidate.Column);
        int id = rows.Columns.ToList().FindIndex(column => column.Name == hubspotId);
        Dictionary<string, string> ids = new(StringComparer.Ordinal);
        foreach (byte[]?[] row in rows.Rows)
        {
            if (row[key] is { } legacy && row[id] is { } hubspot)
            {
                ids[IdCores.Of(Encoding.UTF8.GetString(legacy))] = Encoding.UTF8.GetString(hubspot);
            }
        }

        byte[]?[] values = pairs.FileValues(candidate.File.Index);
        (int, int, string?) best = (0, 0, null);
        for (int column = 0; column < pairs.Mirror.Count; column++)
        {
            byte[]?[] held = pairs.MirrorValues(column);
            int both = 0;
            int same = 0;
            HashSet<string> distinct = [];
            for (int at = 0; at < values.Length; at++)
            {
                if (values[at] is { } value && held[at] is { } other && ids.TryGetValue(IdCores.Of(Encoding.UTF8.GetString(value)), out string? expected))
                {
                    both++;
                    if (Encoding.UTF8.GetString(other) == expected)
                    {
                        same++;
                        distinct.Add(expected);
                    }
                }
            }

            if (same > best.Item1 && same >= 5 && same >= both * 0.4 && distinct.Count >= 3)
            {
                best = (same, both, pairs.Mirror[column].Name);
            }
        }

        return best;
    }

    private static bool Shares(ColumnName one, ColumnName other)
        => one.Concepts.Any(concept => concept is not ("id" or "name" or "external" or "count" or "source") && other.Concepts.Contains(concept));

    private static string Singular(string table)
    {
        string name = table.ToLowerInvariant();
        name = name[(name.LastIndexOf("hubspot_", StringComparison.Ordinal) is var at && at >= 0 ? at + "hubspot_".Length : 0)..];
        return name.EndsWith("ies", StringComparison.Ordinal) ? name[..^3] + "y"
            : name.EndsWith('s') && !name.EndsWith("ss", StringComparison.Ordinal) ? name[..^1] : name;
    }
}
