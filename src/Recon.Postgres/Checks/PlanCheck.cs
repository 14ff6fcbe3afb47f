using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using static Recon.Dataflow.Text.CountText;
using static Recon.Postgres.Checks.CheckText;

namespace Recon.Postgres.Checks;

/// <summary>Checks that a lookup's query is understood by the server and served by an index.</summary>
/// <param name="pipeline">The lookup's pipeline: its batch size decides how many keys are asked for.</param>
internal sealed class PlanCheck(NpgsqlConnection connection, ValidPipeline pipeline, FindingLog log)
{
    private const int BytesPerRow = 100;

    // Rows from which on a lookup is expected to use an index.
    private const long IndexedFrom = 10_000;

    public async Task CheckAsync(LookupQuestion question, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        MirrorTable table = question.Table;
        ValidLookup lookup = question.Lookup;
        if (question.Rule.Refusal is { } refusal)
        {
            if (lookup.Strategy == LookupStrategy.Any)
            {
                log.Error(Column(table.Table, question.Key), question.Place, refusal, null);
            }

            return;
        }

        LookupQuery query = LookupQuery.Build(
            table,
            question.Rule,
            lookup.Id,
            lookup.Role == LookupRole.Parent ? [] : columns,
            question.Where,
            lookup.Role == LookupRole.Fallback && table.Find(pipeline.Match.Key) is { Type: not null } ? pipeline.Match.Key : null);
        ScanPlan chosen;
        ScanPlan possible;
        bool hasIndex;
        try
        {
            chosen = await ExplainAsync(query, withSequentialScans: true, cancellationToken);
            possible = chosen.UsesIndex ? chosen : await ExplainAsync(query, withSequentialScans: false, cancellationToken);
            hasIndex = question.Rule.IsPlain ? HasIndex(question) : possible.AsksByKey || await HasIndexAsync(question, cancellationToken);
        }
        catch (PostgresException refused)
        {
            log.Error(
                Column(table.Table, question.Key),
                question.Place,
                $"The server refuses the lookup's query [{refused.SqlState}]: {refused.MessageText.ReplaceLineEndings(" ")}.",
                "Usually a column's type has no such operator (json, enums): let a view cast it to text.");
            return;
        }

        Judge(question, chosen, possible, hasIndex);
    }

    private void Judge(LookupQuestion question, ScanPlan chosen, ScanPlan possible, bool hasIndex)
    {
        MirrorTable table = question.Table;
        ValidLookup lookup = question.Lookup;
        string subject = $"index on {table.Table.Display}.{question.Key}";
        double rows = table.EstimatedRows > 0 ? table.EstimatedRows : table.Bytes / (double)BytesPerRow;
        bool isLarge = rows > IndexedFrom;
        if (!question.Rule.IsPlain && lookup.Strategy == LookupStrategy.Cache)
        {
            log.Ok(subject, question.Place, "The table is read once, so no index is needed.");
            return;
        }

        if (question.Found.IsStored && !hasIndex)
        {
            string seen = isLarge ? $" EXPLAIN shows: {chosen.Text}." : "";
            log.Warn(
                subject,
                question.Place,
                $"No index starts with {(IsColumn(question) ? question.Key : IsLower(question) ? $"lower({question.Key})" : question.Rule.Compared.Text)}, so every batch reads the whole table.{seen}",
                CreateIndex(question));
            return;
        }

        if (isLarge && !possible.UsesIndex)
        {
            log.Warn(
                subject,
                question.Place,
                question.Found.IsStored
                    ? $"There is an index, but it cannot serve this query. EXPLAIN shows: {chosen.Text}."
                    : $"No index serves this query. EXPLAIN shows: {chosen.Text}.",
                question.Found.IsStored
                    ? "Is it of another kind than btree, or the column of a type that is cast (citext, char)? A plain index: " + CreateIndex(question)
                    : "Index the key in the tables behind it, or use a materialized view with an index.");
            return;
        }

        log.Ok(
            subject,
            question.Place,
            !isLarge ? $"The table is small; EXPLAIN shows: {chosen.Text}."
            : chosen.UsesIndex ? $"EXPLAIN shows: {chosen.Text}."
            : $"Usable, although PostgreSQL prefers another way for {Show(pipeline.Batch.Rows, "key")} at once. EXPLAIN shows: {chosen.Text}.");
    }

    // How the server prints an expression is its own: whether one serves it tells where nothing else is asked for.
    private async Task<bool> HasIndexAsync(LookupQuestion question, CancellationToken cancellationToken)
        => (await ExplainAsync(
            LookupQuery.Build(question.Table, question.Rule, question.Lookup.Id, [], []), withSequentialScans: false, cancellationToken)).UsesIndex;

    private static bool HasIndex(LookupQuestion question)
    {
        if (IsColumn(question))
        {
            return question.Table.IndexedColumns.Contains(question.Key);
        }

        // As the catalog prints it: the name quoted only where it must be, varchar cast to text.
        string[] names = [question.Key, new SqlName(question.Key).ToString()];
        return names.Any(name => question.Table.IndexedExpressions.Any(expression =>
            expression == $"lower({name})" || expression == $"lower({name}::text)" || expression == $"lower(({name})::text)"));
    }

    private static bool IsColumn(LookupQuestion question) => question.Rule.Compared.Text == new SqlName(question.Key).ToString();

    private static bool IsLower(LookupQuestion question) => question.Rule.IsPlain && !IsColumn(question);

    // A partitioned table's indexes cannot be made concurrently.
    private static string CreateIndex(LookupQuestion question)
    {
        string key = question.Rule.IsPlain ? question.Rule.Compared.Text : $"({question.Rule.Compared.Text})";
        return $"create index {(question.Found.Kind == 'p' ? "" : "concurrently ")}on {question.Table.Table} ({key});";
    }

    private async Task<ScanPlan> ExplainAsync(LookupQuery query, bool withSequentialScans, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!withSequentialScans)
        {
            await SqlText.Of($"set local enable_seqscan = off").ExecuteAsync(connection, cancellationToken);
        }

        using BatchKeys keys = SampleKeys(query.Keys.KeyType, pipeline.Batch.Rows);
        List<NpgsqlParameter> parameters = [query.Keys.Parameter(keys)];
        parameters.AddRange(query.Filters.Select(SqlValue.Of));
        string json = (string)(await SqlText.Of($"explain (format json) {query.Text}")
            .ScalarAsync(connection, cancellationToken, [.. parameters]))!;
        return ScanPlan.Read(json);
    }

    // Made-up keys do: the planner goes by their number.
    private static BatchKeys SampleKeys(MirrorType type, int count)
    {
        var keys = new BatchKeys(count);
        for (int row = 0; row < count; row++)
        {
            string key = type == MirrorType.Uuid
                ? new Guid(row, 0, 0, new byte[8]).ToString()
                : (type == MirrorType.Int2 ? row % 32_000 : row + 1).ToString(CultureInfo.InvariantCulture);
            keys.Ask(row, Encoding.UTF8.GetBytes(key));
        }

        return keys;
    }
}

/// <summary>How a plan reads its tables.</summary>
/// <param name="UsesIndex">Whether every one is read by an index.</param>
/// <param name="AsksByKey">Whether an index is asked by the array of keys.</param>
internal sealed record ScanPlan(bool UsesIndex, bool AsksByKey, string Text)
{
    /// <summary>Finds the scan nodes of a plan.</summary>
    public static ScanPlan Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        List<(string Node, string Text, bool ByKey)> scans = [];
        Collect(document.RootElement[0].GetProperty("Plan"), scans);
        return new ScanPlan(
            scans.Count > 0 && scans.All(scan => scan.Node.Contains("Index", StringComparison.Ordinal) || scan.Node == "Bitmap Heap Scan"),
            scans.Exists(scan => scan.ByKey),
            scans.Count == 0 ? "no scan" : string.Join(", ", scans.Select(scan => scan.Text).Distinct()));
    }

    private static void Collect(JsonElement node, List<(string Node, string Text, bool ByKey)> scans)
    {
        string type = node.GetProperty("Node Type").GetString()!;
        if (type.EndsWith("Scan", StringComparison.Ordinal) && type != "Subquery Scan")
        {
            string on = node.TryGetProperty("Relation Name", out JsonElement table) ? $" on {table.GetString()}" : "";
            string by = node.TryGetProperty("Index Name", out JsonElement index) ? $" using {index.GetString()}" : "";
            bool byKey = node.TryGetProperty("Index Cond", out JsonElement condition) && condition.GetString()!.Contains("= ANY", StringComparison.Ordinal);
            scans.Add((type, $"{type}{by}{on}", byKey));
        }

        if (node.TryGetProperty("Plans", out JsonElement inner))
        {
            foreach (JsonElement child in inner.EnumerateArray())
            {
                Collect(child, scans);
            }
        }
    }
}
