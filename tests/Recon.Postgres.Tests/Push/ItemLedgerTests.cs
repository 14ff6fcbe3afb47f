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
        IReadOnlyDictionary<long, DateTimeOffset> sending = await world.Ledger.SendingAsync(
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

        IReadOnlyDictionary<long, DateTimeOffset> sending = await world.Ledger.SendingAsync(
            connection, plan.Id, [.. batch.Select(item => new ItemVerdict(item.No, PushState.Sending))], [PushState.Approved], false, default);

        Assert.Equal([1L], sending.Keys);
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

        var planLock = new PlanLock(world.Tables, plan.Id);
        Assert.True(await planLock.TryTakeAsync(first, default));
        Assert.False(await planLock.TryTakeAsync(second, default));
        await planLock.ReleaseAsync(first, default);
        Assert.True(await planLock.TryTakeAsync(second, default));
        Assert.Equal(1, await world.Ledger.SetPlanAsync(second, plan.Id, PlanState.Pushing, default));
        Assert.Equal(PlanState.Pushing, (await world.Reader.FindAsync(second, null, default)).State);
    }

    [Fact]
    public async Task Hold_WhoseConnectionBroke_EntersNothingOnceAnotherTookThePlan()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1)]);
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        var planLock = new PlanLock(world.Tables, plan.Id);
        await using PlanHold lost = await PlanHold.TakeAsync(world.Source, world.Tables, plan.Id, "first", default);
        await planLock.RequireAsync(connection, lost.Epoch, default);
        await world.Database.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())");
        await Until.TrueAsync(
            "the end of the session",
            async () => await world.Database.QueryValueAsync<long>(
                "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())") == 0,
            TestContext.Current.CancellationToken);

        await using PlanHold taken = await PlanHold.TakeAsync(world.Source, world.Tables, plan.Id, "second", default);

        await planLock.RequireAsync(connection, taken.Epoch, default);
        PlanHeldException refused = await Assert.ThrowsAsync<PlanHeldException>(() => planLock.RequireAsync(connection, lost.Epoch, default));
        Assert.Contains("second", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Item_ApprovedBehindAPush_IsNotSentUntilItIsFixed()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1)]);
        await world.SayAsync(plan, s_all);
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();

        Assert.Empty(await world.Reader.NextAsync(connection, plan.Id, 0, [PushState.Approved], false, default));
        await world.Approvals.FixAsync(connection, plan, default);
        Assert.Single(await world.Reader.NextAsync(connection, plan.Id, 0, [PushState.Approved], false, default));
    }

    [Fact]
    public async Task Association_RejectedWhileItWasBeingMade_IsNotMadeAgain()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1)], [new("companies", "owner", "companies", 1001, "contacts", 5, "1")]);
        await world.SayAsync(plan, s_all);
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        await world.Links.SendingAsync(connection, plan.Id, [1], [PushState.Approved], default);
        await world.SayAsync(plan, new ApprovalWish(ApprovalScope.Property, null, "association:owner", null, null, null, false));

        await world.Approvals.FixAsync(connection, plan, default);

        Assert.Equal(PushState.Rejected, (await world.Links.AllAsync(connection, plan.Id, default).ToListAsync())[0].State);
    }
}
