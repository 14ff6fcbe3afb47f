using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>The index that a lookup's query needs.</summary>
internal static class KeyIndex
{
    /// <summary>Rows from which on a lookup is expected to use an index.</summary>
    public const long ExpectedFrom = 10_000;

    /// <summary>Whether every batch reads a large table from end to end, because no index serves the key.</summary>
    public static async Task<bool> IsMissedAsync(
        NpgsqlConnection connection, MirrorTable table, ValidLookup lookup, KeyRule rule, CancellationToken cancellationToken)
        => table.IsStored && table.ProbableRows > ExpectedFrom && rule.Refusal is null
            && !await ExistsAsync(connection, table, lookup, rule, cancellationToken);

    // How the server prints an expression is its own: whether one is asked by it tells where nothing else is asked for. An
    // index that only holds the columns is read from end to end, like the table.
    public static async Task<bool> ExistsAsync(
        NpgsqlConnection connection, MirrorTable table, ValidLookup lookup, KeyRule rule, CancellationToken cancellationToken)
        => rule.IsPlain ? IsInCatalog(table, lookup.Key, rule)
            : await ScanPlan.ExplainAsync(
                connection, LookupQuery.Build(table, rule, lookup.Id, [], []), keys: 1, withSequentialScans: false, cancellationToken)
                is { UsesIndex: true, AsksByKey: true };

    /// <summary>What an index has to start with.</summary>
    public static string Subject(ValidLookup lookup, KeyRule rule)
        => IsColumn(lookup.Key, rule) ? lookup.Key : rule.IsPlain ? $"lower({lookup.Key})" : rule.Compared.Text;

    // A partitioned table's indexes cannot be made concurrently.
    public static string Statement(MirrorTable table, KeyRule rule)
        => $"create index {(table.Kind == 'p' ? "" : "concurrently ")}on {table.Table} ({(rule.IsPlain ? rule.Compared.Text : $"({rule.Compared.Text})")});";

    private static bool IsInCatalog(MirrorTable table, string key, KeyRule rule)
    {
        if (IsColumn(key, rule))
        {
            return table.IndexedColumns.Contains(key);
        }

        // As the catalog prints it: the name quoted only where it must be, varchar cast to text.
        string[] names = [key, new SqlName(key).ToString()];
        return names.Any(name => table.IndexedExpressions.Any(expression =>
            expression == $"lower({name})" || expression == $"lower({name}::text)" || expression == $"lower(({name})::text)"));
    }

    private static bool IsColumn(string key, KeyRule rule) => rule.Compared.Text == new SqlName(key).ToString();
}
