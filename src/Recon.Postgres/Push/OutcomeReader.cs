using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>Reads what became of plans.</summary>
internal sealed class OutcomeReader(StagingTables tables)
{
    /// <summary>Counts the items and associations of plans by what became of them.</summary>
    /// <param name="pipelines">Only of these; of all when empty.</param>
    public Task<List<OutcomeCount>> CountAsync(
        NpgsqlConnection connection, IReadOnlyList<Guid> plans, IReadOnlyList<string> pipelines, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select plan_id, pipeline, false, state, coalesce(category, ''), coalesce(property, ''), count(*) from {tables.PushItem}
            where plan_id = any($1) and (cardinality($2) = 0 or pipeline = any($2)) group by 1, 2, 3, 4, 5, 6
            union all
            select plan_id, pipeline, true, state, coalesce(category, ''), {new SqlLiteral(PlannedLink.PropertyOf(""))} || lookup, count(*) from {tables.PushLink}
            where plan_id = any($1) and (cardinality($2) = 0 or pipeline = any($2)) group by 1, 2, 3, 4, 5, 6
            order by 1, 2, 3, 4, 5, 6
            """).ListAsync(
                connection,
                row => new OutcomeCount(
                    row.GetGuid(0), row.GetString(1), row.GetBoolean(2), PushStates.Of(row.GetString(3)), row.GetString(4), row.GetString(5), row.GetInt64(6)),
                cancellationToken,
                SqlValue.Ids([.. plans]),
                SqlValue.Of([.. pipelines]));

    /// <summary>Reads what became of each change of plans, in their order.</summary>
    /// <param name="pipelines">Only of these; of all when empty.</param>
    public async IAsyncEnumerable<OutcomeLine> LinesAsync(
        NpgsqlConnection connection, IReadOnlyList<Guid> plans, IReadOnlyList<string> pipelines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (Guid plan in plans)
        {
            await using NpgsqlCommand command = SqlText.Of($"""
                {Lines()} where i.plan_id = $1 and (cardinality($2) = 0 or i.pipeline = any($2)) order by 1, 2, 3
                """).On(connection, SqlValue.Of(plan), SqlValue.Of([.. pipelines]));
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                yield return Line(plan, reader);
            }
        }
    }

    /// <summary>Reads what plans wanted of one record, and what became of it; the latest plan first.</summary>
    public async Task<IReadOnlyList<OutcomeLine>> OfRecordAsync(
        NpgsqlConnection connection, string pipeline, string legacyId, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select l.*, plan_id from ({Lines()} where i.pipeline = $1 and i.legacy_id = $2) l
            order by (select max(created_at) from {tables.PushPlan} p where p.plan_id = l.plan_id) desc, 1, 2, 3
            """).ListAsync(connection, row => Line(row.GetGuid(24), row), cancellationToken, SqlValue.Of(pipeline), SqlValue.Of(legacyId));

    // Items and associations alike: one row per change.
    private SqlText Lines() => SqlText.Of($"""
        select i.is_link, i.no, i.property, i.pipeline, i.legacy_id, i.object_type, i.hubspot_id, i.state, i.undoing, i.before, i.planned, i.is_sent, i.seen, i.written,
            i.http_status, i.category, i.code, i.message, i.refused, i.correlation_id, i.changed_by, i.merged_into, i.sent_at, i.answered_at, i.plan_id
        from (
            select p.plan_id, false as is_link, p.no, c.key as property, p.pipeline, p.legacy_id, p.object_type, p.hubspot_id, p.state, p.undoing,
                p.before ->> c.key as before, c.value as planned, p.sent_at is not null and coalesce(p.sent ? c.key, false) as is_sent, p.seen ->> c.key as seen,
                p.written ->> c.key as written, p.http_status, p.category, p.code, p.message, p.property as refused, p.correlation_id, p.changed_by, p.merged_into, p.sent_at, p.answered_at
            from {tables.PushItem} p cross join lateral jsonb_each_text(p.properties) c
            union all
            select p.plan_id, true, p.no, {new SqlLiteral(PlannedLink.PropertyOf(""))} || p.lookup, p.pipeline, p.legacy_id, p.from_type, p.from_id, p.state, false,
                null, p.to_id::text, p.sent_at is not null, null, null, p.http_status, p.category, p.code, p.message, null, p.correlation_id, null, null, p.sent_at, p.answered_at
            from {tables.PushLink} p) i
        """);

    private static OutcomeLine Line(Guid plan, NpgsqlDataReader row) => new()
    {
        Plan = plan,
        IsLink = row.GetBoolean(0),
        Property = row.GetString(2),
        Pipeline = row.GetString(3),
        LegacyId = row.GetString(4),
        ObjectType = row.GetString(5),
        HubspotId = row.GetInt64(6),
        State = PushStates.Of(row.GetString(7)),
        IsUndoing = row.GetBoolean(8),
        Before = row[9] as string,
        Planned = row.GetString(10),
        IsSent = row.GetBoolean(11),
        Seen = row[12] as string,
        Written = row[13] as string,
        HttpStatus = row[14] as int?,
        Category = row[15] as string,
        Code = row[16] as string,
        Message = row[17] as string,
        Refused = row[18] as string,
        CorrelationId = row[19] as string,
        ChangedBy = row[20] as string,
        MergedInto = row[21] as string,
        SentAt = row[22] as DateTime?,
        AnsweredAt = row[23] as DateTime?,
    };
}

/// <summary>How often something became of the items of a plan.</summary>
/// <param name="IsLink">Whether associations are counted, not records.</param>
/// <param name="Category">HubSpot's word for a refusal; empty for none.</param>
/// <param name="Property">The property that HubSpot named, or the association; empty for none.</param>
internal sealed record OutcomeCount(Guid Plan, string Pipeline, bool IsLink, PushState State, string Category, string Property, long Records);

/// <summary>What a plan wanted of one property of a record, or of one association, and what became of it.</summary>
internal sealed record OutcomeLine
{
    public required Guid Plan { get; init; }

    public required bool IsLink { get; init; }

    public required string Pipeline { get; init; }

    public required string LegacyId { get; init; }

    public required string ObjectType { get; init; }

    public required long HubspotId { get; init; }

    public required PushState State { get; init; }

    public required bool IsUndoing { get; init; }

    public required string Property { get; init; }

    public string? Before { get; init; }

    /// <summary>The new value; of an association the id of the parent.</summary>
    public required string Planned { get; init; }

    public required bool IsSent { get; init; }

    public string? Seen { get; init; }

    public string? Written { get; init; }

    public int? HttpStatus { get; init; }

    public string? Category { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>The property that HubSpot named.</summary>
    public string? Refused { get; init; }

    public string? CorrelationId { get; init; }

    public string? ChangedBy { get; init; }

    public string? MergedInto { get; init; }

    public DateTime? SentAt { get; init; }

    public DateTime? AnsweredAt { get; init; }
}
