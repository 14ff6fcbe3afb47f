using System.Globalization;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

internal sealed record StrategyDecision(LookupStrategy Strategy, string Reason);

/// <summary>Decides between asking per batch and reading the table once, from the catalog's statistics.</summary>
internal static class StrategyChoice
{
    // Reading the table once loses when the file asks for a small part of it: measured, a tenth is too little.
    private const double MostTableRowsPerRecord = 4;

    // Beside key, id and values, each with a byte of length: what is lost at its end, and its part of the index. Nulls and
    // rows without a key take less: the estimate is rather too high.
    private const double BytesPerRow = 3 + 9;

    // Of the rows themselves, an eighth of the budget may be in memory (CachedTableBuilder); what is less does not pay.
    private const long LeastRowBytes = 8 * 1024 * 1024;

    /// <param name="columns">The columns that are needed, the key among them.</param>
    /// <param name="asked">How much the run asks for.</param>
    /// <param name="scans">Whether each batch that asks reads the whole table: then reading it once is better for several of them.</param>
    public static async Task<StrategyDecision> DecideAsync(
        NpgsqlConnection connection,
        ValidLookup lookup,
        MirrorTable table,
        IReadOnlyList<string> columns,
        AskedRecords asked,
        bool scans,
        CancellationToken cancellationToken)
    {
        if (lookup.Strategy != LookupStrategy.Auto)
        {
            return new StrategyDecision(lookup.Strategy, "the definition says so");
        }

        if (lookup.Role == LookupRole.Fallback && !scans)
        {
            return new StrategyDecision(LookupStrategy.Any, "a fallback asks only for records that were not found");
        }

        if (scans && asked.IsOneBatch)
        {
            return new StrategyDecision(LookupStrategy.Any, "no index serves its key, but the run has one batch");
        }

        bool isKnown = table.EstimatedRows >= 0;
        if (!isKnown && !scans)
        {
            return new StrategyDecision(LookupStrategy.Any, $"{table.Table.Display} was never analysed");
        }

        double width = Convert.ToDouble(await SqlText.Of($"""
            select coalesce(sum(avg_width), 0)::float8 from pg_stats
            where schemaname = $1 and tablename = $2 and attname = any(string_to_array($3, e'\n'))
            """).ScalarAsync(
                connection,
                cancellationToken,
                SqlValue.Of(table.Table.Schema.Value),
                SqlValue.Of(table.Table.Name.Value),
                SqlValue.Of(string.Join('\n', columns))), CultureInfo.InvariantCulture);

        // Without statistics, the whole table is the most that is known.
        double bytes = isKnown && width > 0 ? table.EstimatedRows * (width + BytesPerRow + columns.Count) : table.Bytes;
        string rows = $"{(isKnown ? "" : "about ")}{table.ProbableRows.ToString("N0", CultureInfo.InvariantCulture)}";
        bool needsFile = bytes > lookup.CacheBytes;
        if (needsFile && !(lookup.Role != LookupRole.Parent && RowIndex.BytesFor((int)Math.Min(table.ProbableRows, int.MaxValue)) + LeastRowBytes < lookup.CacheBytes && SpillFile.HasRoomFor(bytes)))
        {
            return new StrategyDecision(
                LookupStrategy.Any,
                $"{rows} rows would take about {Mebibytes(bytes)} MiB, the budget is {Mebibytes(lookup.CacheBytes)} MiB");
        }

        string size = $"{rows} rows take about {Mebibytes(bytes)} MiB{(needsFile ? ", most of them in a file" : "")}";
        if (scans)
        {
            return new StrategyDecision(LookupStrategy.Cache, $"no index serves its key, and {size}");
        }

        return table.EstimatedRows > MostTableRowsPerRecord * asked.Records + 10_000
            ? new StrategyDecision(LookupStrategy.Any, $"the file asks for a small part of {rows} rows")
            : new StrategyDecision(
                LookupStrategy.Cache,
                needsFile ? size : $"{size} of {Mebibytes(lookup.CacheBytes)} MiB");
    }

    private static string Mebibytes(double bytes)
        => Math.Ceiling(bytes / 1_048_576).ToString("N0", CultureInfo.InvariantCulture);
}
