using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Judging;
using Recon.Push.Planning;

namespace Recon.Push.Sending;

/// <summary>The ledger of one plan. Each call is committed when it returns, and enters nothing once another process took the plan over. Thread-safe.</summary>
/// <param name="epoch">The hold that entries are made under.</param>
internal sealed class PushLedger(NpgsqlDataSource source, StagingTables tables, Guid planId, long epoch)
{
    private readonly PlanLock _lock = new(tables, planId);
    private readonly ItemLedger _items = new(tables);
    private readonly PushedItems _pushed = new(tables);
    private readonly LinkLedger _links = new(tables);
    private readonly PlanReader _reader = new(tables);

    /// <summary>The states from which items are sent.</summary>
    public static IReadOnlyList<PushState> Sendable { get; } = [PushState.Approved, PushState.Sending, PushState.Uncertain];

    /// <summary>The states from which items are undone.</summary>
    public static IReadOnlyList<PushState> Undoable { get; } = [PushState.Written, PushState.Sending, PushState.Uncertain];

    /// <summary>The next items that are to be sent, or undone.</summary>
    /// <param name="after">The last item of those before; 0 at first.</param>
    public async Task<IReadOnlyList<PushItem>> NextAsync(long after, bool undoing, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        return await _reader.NextAsync(connection, planId, after, undoing ? Undoable : Sendable, undoing ? null : false, cancellationToken);
    }

    /// <summary>Everything that is still to be sent, as it is sent: without what nobody approved.</summary>
    public async IAsyncEnumerable<PlannedItem> ToSendAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = 0;
        while (await NextAsync(after, undoing: false, cancellationToken) is { Count: > 0 } items)
        {
            after = items[^1].No;
            foreach (PushItem item in items)
            {
                yield return item.Planned with { Properties = item.ToSend() };
            }
        }
    }

    /// <summary>Enters verdicts, and items as being sent.</summary>
    /// <returns>The items that may be sent, with when they were first: all but those that somebody rejected meanwhile.</returns>
    public async Task<IReadOnlyDictionary<long, DateTimeOffset>> BeginAsync(
        IReadOnlyList<ItemVerdict> verdicts, IReadOnlyList<PushItem> items, bool undoing, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await _lock.RequireAsync(connection, epoch, cancellationToken);
        if (verdicts.Count > 0)
        {
            await _items.JudgeAsync(connection, planId, verdicts, cancellationToken);
        }

        IReadOnlyDictionary<long, DateTimeOffset> sent = items.Count == 0
            ? ReadOnlyDictionary<long, DateTimeOffset>.Empty
            : await _items.SendingAsync(
                connection,
                planId,
                [.. items.Select(item => new ItemVerdict(item.No, PushState.Sending) { Seen = undoing ? null : item.Seen, Sent = undoing ? null : item.Sent })],
                undoing ? Undoable : Sendable,
                undoing,
                cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return sent;
    }

    /// <summary>Enters verdicts.</summary>
    public async Task SettleAsync(IReadOnlyList<ItemVerdict> verdicts, CancellationToken cancellationToken)
    {
        await EnterAsync(connection => _items.JudgeAsync(connection, planId, verdicts, cancellationToken), cancellationToken);
    }

    /// <summary>Gives back items that were entered as being sent, and were not.</summary>
    public async Task ReturnAsync(IReadOnlyList<long> items, bool undoing, CancellationToken cancellationToken)
    {
        await EnterAsync(connection => _pushed.ReturnAsync(connection, planId, items, undoing ? PushState.Written : PushState.Approved, cancellationToken), cancellationToken);
    }

    /// <summary>Reads some items.</summary>
    public async Task<IReadOnlyList<PushItem>> FindAsync(IReadOnlyList<long> items, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        return await _pushed.FindAsync(connection, planId, items, cancellationToken);
    }

    /// <summary>Reads items that were written, by number.</summary>
    /// <param name="most">How many, drawn at random but the same for a plan; all when <see langword="null"/>.</param>
    public async IAsyncEnumerable<PushItem> WrittenAsync(long? most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await foreach (PushItem item in _pushed.WrittenAsync(connection, planId, most, cancellationToken))
        {
            yield return item;
        }
    }

    /// <summary>The next associations that are to be made.</summary>
    public async Task<IReadOnlyList<PushLink>> NextLinksAsync(long after, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        return await _links.NextAsync(connection, planId, after, Sendable, cancellationToken);
    }

    /// <summary>The object types that associations go from and to.</summary>
    public async Task<IReadOnlyList<string>> LinkTypesAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        return await _links.TypesAsync(connection, planId, cancellationToken);
    }

    /// <summary>Enters associations as being sent.</summary>
    public async Task<IReadOnlySet<long>> BeginLinksAsync(IReadOnlyList<long> links, CancellationToken cancellationToken)
    {
        return await EnterAsync(connection => _links.SendingAsync(connection, planId, links, Sendable, cancellationToken), cancellationToken);
    }

    /// <summary>Enters verdicts on associations.</summary>
    public async Task SettleLinksAsync(IReadOnlyList<LinkVerdict> verdicts, CancellationToken cancellationToken)
    {
        await EnterAsync(connection => _links.JudgeAsync(connection, planId, verdicts, cancellationToken), cancellationToken);
    }

    /// <summary>Says how far the plan was carried out.</summary>
    public async Task SetPlanAsync(PlanState state, CancellationToken cancellationToken)
    {
        await EnterAsync(connection => _items.SetPlanAsync(connection, planId, state, cancellationToken), cancellationToken);
    }

    /// <summary>Counts the items by state.</summary>
    public async Task<IReadOnlyDictionary<PushState, long>> CountAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        return (await _items.CountAsync(connection, planId, cancellationToken)).GroupBy(row => row.State).ToDictionary(rows => rows.Key, rows => rows.Sum(row => row.Items));
    }

    /// <summary>Counts the associations by state.</summary>
    public async Task<IReadOnlyDictionary<PushState, long>> CountLinksAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        return (await _links.CountAsync(connection, planId, cancellationToken)).ToDictionary(row => row.State, row => row.Links);
    }

    /// <summary>Fixes what is sent.</summary>
    public async Task FixAsync(PushPlan plan, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await _lock.RequireAsync(connection, epoch, cancellationToken);
        await StoredPlan.RequireUnchangedAsync(connection, tables, plan, cancellationToken);
        await new ApprovalStore(tables).FixAsync(connection, plan, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<T> EnterAsync<T>(Func<NpgsqlConnection, Task<T>> enter, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await _lock.RequireAsync(connection, epoch, cancellationToken);
        T entered = await enter(connection);
        await transaction.CommitAsync(cancellationToken);
        return entered;
    }
}
