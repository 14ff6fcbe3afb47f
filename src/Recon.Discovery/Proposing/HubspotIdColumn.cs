using System.Globalization;
using System.Text;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Discovery;

namespace Recon.Discovery.Proposing;

/// <summary>Finds the mirror's column with HubSpot's own ids.</summary>
internal static class HubspotIdColumn
{
    private const long SmallestUsual = 100_000;

    /// <param name="rows">Some rows of the table.</param>
    /// <param name="key">The column with the legacy ids.</param>
    /// <returns>The column; <see langword="null"/> when none holds a different integer in each row.</returns>
    public static string? Find(MirrorTable table, MirrorSample rows, string? key)
    {
        string? best = null;
        double most = double.MinValue;
        for (int column = 0; column < rows.Columns.Count; column++)
        {
            string name = rows.Columns[column].Name;
            if (name == key || !HoldsIds(rows, column, out double large))
            {
                continue;
            }

            double score = ByName(HubspotProperty.Of(name).ToLowerInvariant()) + (name == table.PrimaryKey ? 3 : 0) + (2 * large)
                + (table.UniqueColumns.Contains(name) ? 1 : 0);
            if (score > most)
            {
                (best, most) = (name, score);
            }
        }

        return best;
    }

    /// <summary>Whether a column's name is one that HubSpot's own ids have.</summary>
    public static bool IsNamed(string column) => ByName(HubspotProperty.Of(column).ToLowerInvariant()) >= 5;

    private static double ByName(string name) => name switch
    {
        "hs_object_id" => 12,
        "hubspot_id" or "hs_id" or "hubspot_object_id" => 10,
        "record_id" or "object_id" or "vid" or "canonical_vid" or "hs_record_id" => 8,
        "id" => 7,
        "hubspot_company_id" or "hubspot_contact_id" or "hubspot_deal_id" or "hubspot_record_id" => 8,
        "company_id" or "contact_id" or "deal_id" or "engagement_id" or "ticket_id" => 4,
        _ when name.StartsWith("associated", StringComparison.Ordinal) => -4,
        _ => name.EndsWith("_id", StringComparison.Ordinal) ? 1 : 0,
    };

    private static bool HoldsIds(MirrorSample rows, int column, out double large)
    {
        large = 0;
        if (rows.Columns[column].Type is not (MirrorType.Text or MirrorType.Int4 or MirrorType.Int8 or MirrorType.Numeric))
        {
            return false;
        }

        HashSet<long> ids = [];
        foreach (byte[]?[] row in rows.Rows)
        {
            if (row[column] is not { } value
                || !long.TryParse(Encoding.UTF8.GetString(value), NumberStyles.None, CultureInfo.InvariantCulture, out long id))
            {
                return false;
            }

            _ = ids.Add(id);
        }

        large = ids.Count == 0 ? 0 : ids.Count(id => id >= SmallestUsual) / (double)ids.Count;
        return ids.Count > 0 && ids.Count >= rows.Rows.Count * 0.99;
    }
}
