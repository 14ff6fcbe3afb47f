using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using static Recon.Dataflow.Text.CountText;
using static Recon.Postgres.Checks.CheckText;

namespace Recon.Postgres.Checks;

/// <summary>Checks that a lookup's query is understood by the server and served by an index.</summary>
/// <param name="pipeline">The lookup's pipeline: its batch size decides how many keys are asked for.</param>
internal sealed class PlanCheck(NpgsqlConnection connection, ValidPipeline pipeline, FindingLog log)
{
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
            int keys = pipeline.Batch.Rows;
            chosen = await ScanPlan.ExplainAsync(connection, query, keys, withSequentialScans: true, cancellationToken);
            possible = chosen.UsesIndex ? chosen
                : await ScanPlan.ExplainAsync(connection, query, keys, withSequentialScans: false, cancellationToken);
            hasIndex = (!question.Rule.IsPlain && possible.AsksByKey)
                || await KeyIndex.ExistsAsync(connection, table, lookup, question.Rule, cancellationToken);
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
        bool isLarge = table.ProbableRows > KeyIndex.ExpectedFrom;
        if (!question.Rule.IsPlain && lookup.Strategy == LookupStrategy.Cache)
        {
            log.Ok(subject, question.Place, "The table is read once, so no index is needed.");
            return;
        }

        if (table.IsStored && !hasIndex)
        {
            string seen = isLarge ? $" EXPLAIN shows: {chosen.Text}." : "";
            log.Warn(
                subject,
                question.Place,
                $"There is no index on {KeyIndex.Subject(lookup, question.Rule)}, so every batch reads the whole table.{seen}",
                KeyIndex.Statement(table, question.Rule));
            return;
        }

        if (isLarge && !possible.UsesIndex)
        {
            log.Warn(
                subject,
                question.Place,
                table.IsStored
                    ? $"There is an index, but it cannot serve this query. EXPLAIN shows: {chosen.Text}."
                    : $"No index serves this query. EXPLAIN shows: {chosen.Text}.",
                table.IsStored
                    ? "Is it of another kind than btree, or the column of a type that is cast (citext, char)? A plain index: " + KeyIndex.Statement(table, question.Rule)
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
}
