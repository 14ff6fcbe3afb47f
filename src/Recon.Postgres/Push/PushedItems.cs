using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>Items that a push has to do with once more.</summary>
internal sealed class PushedItems(StagingTables tables)
{
    /// <summary>Gives back items that were entered as being sent, and were not.</summary>
    /// <param name="state">The state that they had before.</param>
    public Task<int> ReturnAsync(
        NpgsqlConnection connection, Guid planId, IReadOnlyCollection<long> items, PushState state, CancellationToken cancellationToken)
        => SqlText.Of($"""
            update {tables.PushItem} set state = $3, undoing = false, sent_at = null
            where plan_id = $1 and no = any($2) and state = 'sending'
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(planId),
                SqlValue.Numbers([.. items]),
                SqlValue.Of(PushStates.TextOf(state)));

    /// <summary>Reads some items, in order.</summary>
    public async Task<IReadOnlyList<PushItem>> FindAsync(
        NpgsqlConnection connection, Guid planId, IReadOnlyCollection<long> items, CancellationToken cancellationToken)
        => await SqlText.Of($"select {PlanReader.Columns} from {tables.PushItem} i where plan_id = $1 and no = any($2) order by no")
            .ListAsync(connection, PlanReader.Item, cancellationToken, SqlValue.Of(planId), SqlValue.Numbers([.. items]));

    /// <summary>Reads items that were written, in order.</summary>
    /// <param name="most">How many, drawn at random but the same ones each time; all when <see langword="null"/>.</param>
    public async IAsyncEnumerable<PushItem> WrittenAsync(
        NpgsqlConnection connection, Guid planId, long? most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SqlText drawn = most is null
            ? SqlText.Of($"true")
            : SqlText.Of($"no in (select no from {tables.PushItem} where plan_id = $1 and state = 'written' order by md5(plan_id::text || no), no limit $2)");
        await using NpgsqlCommand command = SqlText.Of($"""
            select {PlanReader.Columns} from {tables.PushItem} i where plan_id = $1 and state = 'written' and ($2::bigint is null or {drawn}) order by no
            """).On(connection, SqlValue.Of(planId), SqlValue.Of(most));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return PlanReader.Item(reader);
        }
    }
}
