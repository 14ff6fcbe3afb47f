using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using static Recon.Postgres.Checks.CheckText;

namespace Recon.Postgres.Checks;

/// <summary>Checks the conditions on mirror rows: their columns exist, and their values are of the columns' types.</summary>
internal static class WhereCheck
{
    public static async Task<IReadOnlyList<ConditionDefinition>> CheckAsync(
        NpgsqlConnection connection,
        MirrorTable table,
        IReadOnlyList<ConditionDefinition> conditions,
        FindingLog log,
        CancellationToken cancellationToken)
    {
        List<ConditionDefinition> good = [];
        foreach (ConditionDefinition condition in conditions)
        {
            var place = new FindingPlace(condition, nameof(condition.Column));
            string subject = $"where, {Column(table.Table, condition.Column)}";
            if (table.Find(condition.Column) is not { } column)
            {
                Missing(condition, table, subject, place, log);
                continue;
            }

            bool fits = true;
            foreach ((string member, int? index, string value) in Values(condition))
            {
                if (!await FitsAsync(connection, column, value, cancellationToken))
                {
                    fits = false;
                    log.Error(
                        subject,
                        new FindingPlace(condition, member, index),
                        $"The value is not of the column's type {column.SqlType}, so PostgreSQL would refuse the query.",
                        "Write the value as the column has it.");
                }
            }

            if (fits)
            {
                good.Add(condition);
            }
        }

        return good;
    }

    private static void Missing(
        ConditionDefinition condition, MirrorTable table, string subject, FindingPlace place, FindingLog log)
    {
        if (condition.Optional)
        {
            log.Ok(subject, place, "The column does not exist; the condition is optional, so it is left out.");
            return;
        }

        log.Error(
            subject,
            place,
            $"The column does not exist.{DidYouMean(condition.Column, table.Columns.Select(candidate => candidate.Name))}",
            "Correct the name, or say \"optional\": true if not every mirror has it.");
    }

    private static IEnumerable<(string Member, int? Index, string Value)> Values(ConditionDefinition condition)
    {
        if (condition.EqualTo is { } equal)
        {
            yield return (nameof(condition.EqualTo), null, equal);
        }

        foreach ((string value, int index) in (condition.In ?? []).Select((value, index) => (value, index)))
        {
            yield return (nameof(condition.In), index, value);
        }

        foreach ((string value, int index) in (condition.NotIn ?? []).Select((value, index) => (value, index)))
        {
            yield return (nameof(condition.NotIn), index, value);
        }

        if (condition.Min is { } min)
        {
            yield return (nameof(condition.Min), null, min);
        }

        if (condition.Max is { } max)
        {
            yield return (nameof(condition.Max), null, max);
        }
    }

    private static async Task<bool> FitsAsync(
        NpgsqlConnection connection, TableColumn column, string value, CancellationToken cancellationToken)
    {
        try
        {
            // The cast that the lookup will make.
            await SqlText.Of($"select ($1::{column.CastType}[])[1] is null")
                .ScalarAsync(connection, cancellationToken, SqlValue.Of([value]));
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("22", StringComparison.Ordinal)
            || refused.SqlState == "42846")
        {
            return false;
        }
    }
}
