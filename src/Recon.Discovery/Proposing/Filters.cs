using Recon.Dataflow.Values;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Names;
using Recon.Postgres.Catalog;

namespace Recon.Discovery.Proposing;

/// <summary>Records that do not count: those that the file marks as deleted, and those that HubSpot archived.</summary>
internal static class Filters
{
    private static readonly string[] s_true = ["1", "true", "y", "yes", "oui", "o", "vrai", "t", "x", "-1"];
    private static readonly string[] s_false = ["0", "false", "n", "no", "non", "faux", "f"];
    private static readonly string[] s_archived = ["archived", "is_archived", "_archived", "is_deleted", "_is_deleted", "deleted", "_deleted", "_fivetran_deleted"];

    /// <summary>Whether a column of the mirror says that a record is archived or deleted.</summary>
    public static bool IsArchived(string column) => s_archived.Contains(HubspotProperty.Of(column), StringComparer.OrdinalIgnoreCase);

    /// <summary>Columns of the file that mark deleted records.</summary>
    public static IEnumerable<FilterProposal> OfFile(FileSample file)
    {
        foreach (ColumnProfile column in file.Profile.Columns)
        {
            if (!ColumnName.Of([column.Name])[0].Concepts.Contains("deleted"))
            {
                continue;
            }

            List<(string Value, int Records)> values = [.. file.Rows.Select(row => row[column.Index]).OfType<string>()
                .GroupBy(value => value).Select(same => (same.Key, same.Count()))];
            string? marked = values.Select(value => value.Value).FirstOrDefault(value => s_true.Contains(value, StringComparer.OrdinalIgnoreCase));
            if (values.All(value => s_true.Concat(s_false).Contains(value.Value, StringComparer.OrdinalIgnoreCase)))
            {
                int count = values.Where(value => value.Value == marked).Sum(value => value.Records);
                yield return new FilterProposal(
                    "deleted",
                    column.Name,
                    marked ?? "1",
                    marked is null
                        ? $"no record of the {file.Rows.Count:N0} that were looked at is marked; the name says what the column is for"
                        : $"{count:N0} of {file.Rows.Count:N0} records are marked");
            }
        }
    }

    /// <summary>Columns of the mirror that mark archived records.</summary>
    public static IEnumerable<FilterProposal> OfMirror(MirrorTable table) => table.Columns
        .Where(column => IsArchived(column.Name) && column.Type is MirrorType.Boolean or MirrorType.Text)
        .Select(column => new FilterProposal(
            "archived", column.Name, "false", $"the column says which records {(column.Name.Contains("delete", StringComparison.OrdinalIgnoreCase) ? "are deleted" : "are archived")} in HubSpot"));
}
