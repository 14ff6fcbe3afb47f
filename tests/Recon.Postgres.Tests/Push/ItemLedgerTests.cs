using Npgsql;
using Recon.Postgres.Push;
using Recon.Testing;
using static Recon.Postgres.Tests.Push.PushWorld;

namespace Recon.Postgres.Tests.Push;

/// <summary>The ledger says of each item what became of it, and lets nothing be sent that was rejected meanwhile.</summary>
public sealed class ItemLedgerTests(PostgresServer server)
{
    private static readonly ApprovalWish s_all = new(ApprovalScope.All, null, null, null, null, null, true);

    [Fact]
    public async Task Batch_TakenSentAndJudged_KeepsWhatWasSeenAndAnswered()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([.. Enumerable.Range(1, 120).Select(id => Item(id))]);
        await world.SayAsync(plan, s_all);
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        Assert.Equal(120, await world.Approvals.FixAsync(connection, plan, default));
        IReadOnlyList<PushItem> batch = await world.Reader.NextAsync(connection, plan.Id, 0, [PushState.Approved], null, default);
        Assert.Equal(100, batch.Count);
        Assert.Equal("FR", batch[0].Sent!["country"]);

        var seen = new Dictionary<string, string?> { ["country"] = null };
        IReadOnlySet<long> sending = await world.Ledger.SendingAsync(
            connection, plan.Id, [.. batch.Select(item => new ItemVerdict(item.No, PushState.Sending) { Seen = seen })], [PushState.Approved], false, default);
        Assert.Equal(100, sending.Count);
        Assert.Equal(100, await world.Ledger.JudgeAsync(
            connection,
            plan.Id,
            [
                .. batch.Skip(1).Select(item => new ItemVerdict(item.No, PushState.Written) { Written = new Dictionary<string, string?> { ["country"] = "FR" } }),
                new ItemVerdict(batch[0].No, PushState.Refused) { HttpStatus = 400, Category = "VALIDATION_ERROR", Code = "INVALID_OPTION", Message = "no", Property = "country", CorrelationId = "c-1" },
            ],
            default));

        List<PushItem> items = await world.ItemsAsync(plan);
        Assert.Equal((PushState.Refused, PushState.Written, PushState.Approved), (items[0].State, items[1].State, items[^1].State));
        Assert.True(items[1].Seen!.ContainsKey("country") && items[1].Seen!["country"] is null);
        Assert.Equal("FR", items[1].Written!["country"]);
        Assert.Equal(
            "400 VALIDATION_ERROR INVALID_OPTION no country c-1",
            await world.Database.QueryValueAsync<string>("select concat_ws(' ', http_status, category, code, message, property, correlation_id) from staging.push_item where state = 'refused'"));
        Assert.Equal(
            [(PushState.Approved, false, 20L), (PushState.Refused, false, 1), (PushState.Written, false, 99)],
            await world.Ledger.CountAsync(connection, plan.Id, default));
        Assert.Equal(20, (await world.Reader.NextAsync(connection, plan.Id, batch[^1].No, [PushState.Approved], null, default)).Count);
    }

    [Fact]
    public async Task Item_RejectedAfterTheBatchWasRead_IsNotSent()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1), Item(2)]);
        await world.SayAsync(plan, s_all);
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        await world.Approvals.FixAsync(connection, plan, default);
        IReadOnlyList<PushItem> batch = await world.Reader.NextAsync(connection, plan.Id, 0, [PushState.Approved], null, default);
        await world.SayAsync(plan, new ApprovalWish(ApprovalScope.Record, null, null, null, null, "2", false));

        IReadOnlySet<long> sending = await world.Ledger.SendingAsync(
            connection, plan.Id, [.. batch.Select(item => new ItemVerdict(item.No, PushState.Sending))], [PushState.Approved], false, default);

        Assert.Equal([1L], sending);
        Assert.Equal([PushState.Sending, PushState.Rejected], (await world.ItemsAsync(plan)).Select(item => item.State));
    }

    [Fact]
    public async Task Undo_OfWrittenItems_MarksThem()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1), Item(2)]);
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        await world.Ledger.JudgeAsync(connection, plan.Id, [new(1, PushState.Written), new(2, PushState.Written)], default);
        await world.Ledger.SendingAsync(connection, plan.Id, [new(1, PushState.Sending)], [PushState.Written], true, default);

        Assert.Equal(1, Assert.Single(await world.Reader.NextAsync(connection, plan.Id, 0, [PushState.Sending, PushState.Uncertain], true, default)).No);
        Assert.Equal(2, Assert.Single(await world.Reader.NextAsync(connection, plan.Id, 0, [PushState.Written], false, default)).No);
        Assert.Empty(await world.Reader.NextAsync(connection, plan.Id, 0, [PushState.Sending], false, default));
    }

    [Fact]
    public async Task Plan_HeldByOneProcess_IsNotHeldByAnother()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1)]);
        await using NpgsqlConnection first = await world.Source.OpenConnectionAsync();
        await using NpgsqlConnection second = await world.Source.OpenConnectionAsync();

        Assert.True(await world.Ledger.TryHoldAsync(first, plan.Id, default));
        Assert.False(await world.Ledger.TryHoldAsync(second, plan.Id, default));
        await world.Ledger.ReleaseAsync(first, plan.Id, default);
        Assert.True(await world.Ledger.TryHoldAsync(second, plan.Id, default));
        Assert.Equal(1, await world.Ledger.SetPlanAsync(second, plan.Id, PlanState.Pushing, default));
        Assert.Equal(PlanState.Pushing, (await world.Reader.FindAsync(second, null, default)).State);
    }
}
