using Recon.Postgres.Discovery;

namespace Recon.Discovery.Proposing;

/// <summary>A column of the file and one of a mirror table that share values.</summary>
/// <param name="Asked">Distinct values that the mirror was asked for.</param>
/// <param name="Shared">Those that it has.</param>
/// <param name="Rows">Rows of the mirror that have them.</param>
/// <param name="Agreeing">Columns of both sides that agree beyond chance when the tables are joined so; each counts as much as it agrees.</param>
internal sealed record KeyCandidate(IdColumn File, string Column, long Asked, long Shared, long Rows, double Agreeing)
{
    public double Share => Asked == 0 ? 0 : (double)Shared / Asked;

    /// <summary>The share of the mirror's rows that have the value alone.</summary>
    public double Uniqueness => Rows == 0 ? 0 : Math.Min(1, (double)Shared / Rows);

    public double Name { get; init; }

    /// <summary>Whether the column holds HubSpot's own ids.</summary>
    public bool IsHubspotId { get; init; }

    /// <summary>Whether the names say that the values are something else than ids, such as postal codes or tax numbers.</summary>
    public bool IsValue { get; init; }

    /// <summary>Whether it can be meant at all: other columns agree, or the names and nearly all values say so.</summary>
    public bool IsPlausible => Agreeing >= 0.25 || (Share >= 0.5 && Uniqueness >= 0.9 && Name >= 0.75 && !IsValue);

    /// <summary>What speaks for it before the tables are joined.</summary>
    public double Promise => (Share * Uniqueness * Math.Sqrt(File.Uniqueness)) + (Name * 0.3);

    /// <summary>
    /// What speaks for it in all. Numbers of two sequences share values, too: what counts is whether other columns agree once the tables are joined.
    /// </summary>
    public double Score => (Agreeing + 0.2) * Math.Sqrt(Share) * Uniqueness * File.Uniqueness * Math.Sqrt(File.Coverage) * (1 + (0.5 * Name)) * (IsHubspotId ? 0.7 : 1) * (IsValue ? 0.6 : 1) * File.Likelihood;

    /// <summary>All pairs of columns that share values in a table.</summary>
    public static IEnumerable<KeyCandidate> Of(IdScan scan, IReadOnlyList<IdColumn> columns)
    {
        foreach (IGrouping<string, IdHit> ofColumn in scan.Hits.GroupBy(hit => hit.Column))
        {
            Dictionary<string, long> rows = new(StringComparer.Ordinal);
            foreach (IdHit hit in ofColumn)
            {
                string core = IdCores.Of(hit.Value);
                rows[core] = rows.GetValueOrDefault(core) + hit.Rows;
            }

            foreach (IdColumn column in columns)
            {
                long shared = 0;
                long held = 0;
                foreach (string core in column.Cores)
                {
                    if (rows.TryGetValue(core, out long count))
                    {
                        shared++;
                        held += count;
                    }
                }

                if (shared > 0)
                {
                    yield return new KeyCandidate(column, ofColumn.Key, column.Cores.Count, shared, held, 0);
                }
            }
        }
    }
}
