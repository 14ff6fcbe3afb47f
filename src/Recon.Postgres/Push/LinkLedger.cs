using System.Globalization;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>Reads the associations of plans, and enters what became of them.</summary>
internal sealed class LinkLedger(StagingTables tables)
{
    private static readonly SqlText s_link = SqlText.Of(
        $"no, batch, pipeline, lookup, from_type, from_id, to_type, to_id, legacy_id, state");

    /// <summary>Reads all associations of a plan, in order.</summary>
    public async IAsyncEnumerable<PushLink> AllAsync(
        NpgsqlConnection connection, Guid planId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = SqlText.Of($"select {s_link} from {tables.PushLink} where plan_id = $1 order by no")
            .On(connection, SqlValue.Of(planId));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Link(reader);
        }
    }

    /// <summary>Reads the next batch of associations in certain states.</summary>
    /// <param name="after">The last one of the batch before; 0 at first.</param>
    /// <returns>Neighbours of one batch, so of one pair of object types; none at the end.</returns>
    public async Task<IReadOnlyList<PushLink>> NextAsync(
        NpgsqlConnection connection, Guid planId, long after, IReadOnlyCollection<PushState> states, CancellationToken cancellationToken)
    {
        List<PushLink> links = await SqlText.Of($"""
            select {s_link} from {tables.PushLink} where plan_id = $1 and no > $2 and state = any($3) order by no limit {PlanWriter.BatchSize}
            """).ListAsync(connection, Link, cancellationToken, SqlValue.Of(planId), SqlValue.Of(after), SqlValue.Of([.. states.Select(PushStates.TextOf)]));
        return [.. links.TakeWhile(link => link.Batch == links[0].Batch
            && (link.Planned.FromType, link.Planned.ToType) == (links[0].Planned.FromType, links[0].Planned.ToType))];
    }

    /// <summary>Enters associations as being sent. Commit before the request leaves.</summary>
    /// <returns>Those that may be sent: one that somebody rejected meanwhile is left alone.</returns>
    public async Task<IReadOnlySet<long>> SendingAsync(
        NpgsqlConnection connection, Guid planId, IReadOnlyCollection<long> links, IReadOnlyCollection<PushState> from, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            update {tables.PushLink} set state = 'sending', sent_at = clock_timestamp(), answered_at = null
            where plan_id = $1 and no = any($2) and state = any($3) returning no
            """).ListAsync(
                connection,
                row => row.GetInt64(0),
                cancellationToken,
                SqlValue.Of(planId),
                SqlValue.Numbers([.. links]),
                SqlValue.Of([.. from.Select(PushStates.TextOf)]))).ToHashSet();

    /// <summary>Enters what became of associations.</summary>
    public Task<int> JudgeAsync(NpgsqlConnection connection, Guid planId, IReadOnlyList<LinkVerdict> verdicts, CancellationToken cancellationToken)
        => SqlText.Of($"""
            update {tables.PushLink} l set state = v.state, http_status = v.http_status::integer, category = v.category, code = v.code, message = v.message,
                correlation_id = v.correlation_id, answered_at = clock_timestamp()
            from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
                as v (no, state, http_status, category, code, message, correlation_id)
            where l.plan_id = $1 and l.no = any($2) and l.no = v.no
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(planId),
                SqlValue.Numbers([.. verdicts.Select(verdict => verdict.No)]),
                SqlValue.Texts([.. verdicts.Select(verdict => PushStates.TextOf(verdict.State))]),
                SqlValue.Texts([.. verdicts.Select(verdict => verdict.HttpStatus?.ToString(CultureInfo.InvariantCulture))]),
                SqlValue.Texts([.. verdicts.Select(verdict => verdict.Category)]),
                SqlValue.Texts([.. verdicts.Select(verdict => verdict.Code)]),
                SqlValue.Texts([.. verdicts.Select(verdict => verdict.Message)]),
                SqlValue.Texts([.. verdicts.Select(verdict => verdict.CorrelationId)]));

    /// <summary>The object types that associations of a plan go from and to.</summary>
    public Task<List<string>> TypesAsync(NpgsqlConnection connection, Guid planId, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select from_type from {tables.PushLink} where plan_id = $1 union select to_type from {tables.PushLink} where plan_id = $1 order by 1
            """).ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(planId));

    /// <summary>Counts the associations of a plan by state.</summary>
    public Task<List<(PushState State, long Links)>> CountAsync(NpgsqlConnection connection, Guid planId, CancellationToken cancellationToken)
        => SqlText.Of($"select state, count(*) from {tables.PushLink} where plan_id = $1 group by 1 order by 1")
            .ListAsync(connection, row => (PushStates.Of(row.GetString(0)), row.GetInt64(1)), cancellationToken, SqlValue.Of(planId));

    private static PushLink Link(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetInt64(1),
        new PlannedLink(
            row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetString(6), row.GetInt64(7), row.GetString(8)),
        PushStates.Of(row.GetString(9)));
}
