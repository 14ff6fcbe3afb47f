using System.Text;
using Recon.Dataflow.Values;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Matching;
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
        for (int index = 0; index < file.Profile.Columns.Count; index++)
        {
            int at = index;
            ColumnProfile column = file.Profile.Columns[at];
            if (!ColumnName.Of([column.Name])[0].Concepts.Contains("deleted"))
            {
                continue;
            }

            List<(string Value, int Records)> values = [.. file.Rows.Select(row => row[at]).OfType<string>()
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

    /// <summary>Columns of the mirror that mark archived records, where most of the joined ones are said not to be; with the spelling that says so.</summary>
    /// <returns>The filters, and per column without one why there is none.</returns>
    public static (IReadOnlyList<FilterProposal> Filters, IReadOnlyList<LeftOut> Without) OfMirror(MirrorTable table, PairedRows pairs)
    {
        List<FilterProposal> filters = [];
        List<LeftOut> without = [];
        foreach (TableColumn column in table.Columns.Where(column => IsArchived(column.Name) && column.Type is MirrorType.Boolean or MirrorType.Text))
        {
            string what = column.Name.Contains("delete", StringComparison.OrdinalIgnoreCase) ? "deleted" : "archived";
            string?[] values = [.. pairs.MirrorValues(pairs.MirrorIndex(column.Name)).Select(value => value is null ? null : Encoding.UTF8.GetString(value))];
            var most = values.OfType<string>().GroupBy(value => value, StringComparer.Ordinal).MaxBy(same => same.Count());
            if (most is not null && most.Count() * 2 > values.Length && s_false.Contains(most.Key, StringComparer.OrdinalIgnoreCase))
            {
                filters.Add(new FilterProposal(what, column.Name, most.Key, $"the column says which records are {what} in HubSpot; it is {most.Key} in {most.Count():N0} of {values.Length:N0} records that were compared"));
            }
            else
            {
                without.Add(new LeftOut(
                    column.Name,
                    $"it says by its name which records are {what}, but of {values.Length:N0} records that were compared {values.Count(value => value is null):N0} have no value in it and "
                        + $"{values.Count(value => value is not null && s_false.Contains(value, StringComparer.OrdinalIgnoreCase)):N0} one that says no: no \"where\" is made of it"));
            }
        }

        return (filters, without);
    }
}
