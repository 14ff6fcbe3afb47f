using Npgsql;
using Recon.Postgres.Push;
using Recon.Testing;
using static Recon.Postgres.Tests.Push.PushWorld;

namespace Recon.Postgres.Tests.Push;

/// <summary>Only what was approved of this very plan is sent, in batches as full as they can be.</summary>
public sealed class ApprovalStoreTests(PostgresServer server)
{
    [Fact]
    public async Task Transition_Approved_TakesTheItemsThatMakeIt()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([.. Enumerable.Range(1, 300).Select(id => Item(id, old: id % 2 == 0 ? "France" : null))]);
        await world.SayAsync(plan, new ApprovalWish(ApprovalScope.Transition, null, "country", "", "FR", null, true));
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();

        Assert.Equal(150, await world.Approvals.FixAsync(connection, plan, default));

        List<PushItem> items = await world.ItemsAsync(plan);
        Assert.All(items, item => Assert.Equal(item.Planned.Before["country"] is null ? PushState.Approved : PushState.Planned, item.State));
        Assert.All(items, item => Assert.Equal(item.State == PushState.Approved, item.Sent is not null));
        Assert.Equal([100, 50], items.Where(item => item.State == PushState.Approved).GroupBy(item => item.Batch).Select(batch => batch.Count()));
    }

    [Fact]
    public async Task Approval_OfAnotherHash_DoesNotCount()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1)]);
        await world.SayAsync(plan with { Hash = "another" }, new ApprovalWish(ApprovalScope.All, null, null, null, null, null, true));
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();

        Assert.Equal(0, await world.Approvals.FixAsync(connection, plan, default));
        Assert.Empty(await world.Approvals.ListAsync(connection, plan, default));
        Assert.Equal(PushState.Planned, Assert.Single(await world.ItemsAsync(plan)).State);
    }

    [Fact]
    public async Task Approvals_MadeLater_ComeInBatchesBehindThoseThatWereSent()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1), Item(2, old: "Italy", value: "IT"), Item(1, "deals")]);
        await world.SayAsync(plan, new ApprovalWish(ApprovalScope.Transition, null, "country", "Italy", "IT", null, true));
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        await world.Approvals.FixAsync(connection, plan, default);
        await world.Ledger.JudgeAsync(connection, plan.Id, [new ItemVerdict(2, PushState.Written)], default);
        await world.SayAsync(
            plan,
            new ApprovalWish(ApprovalScope.All, "companies", null, null, null, null, true),
            new ApprovalWish(ApprovalScope.Record, "companies", null, null, null, "2", false));

        Assert.Equal(1, await world.Approvals.FixAsync(connection, plan, default));

        Assert.Equal(
            [(PushState.Approved, 2L), (PushState.Written, 1), (PushState.Planned, 2)],
            (await world.ItemsAsync(plan)).Select(item => (item.State, item.Batch)));
        Approval last = (await world.Approvals.ListAsync(connection, plan, default))[^1];
        Assert.Equal(new ApprovalWish(ApprovalScope.Record, "companies", null, null, null, "2", false), last.Wish);
    }

    [Fact]
    public async Task Association_Rejected_IsNotApproved()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync(
            [Item(1)],
            [new("companies", "owner", "companies", 1001, "contacts", 5, "1"), new("companies", "parent", "companies", 1001, "companies", 1002, "1")]);
        await world.SayAsync(
            plan,
            new ApprovalWish(ApprovalScope.All, null, null, null, null, null, true),
            new ApprovalWish(ApprovalScope.Property, null, "association:owner", null, null, null, false));
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();

        Assert.Equal(
            [("owner", PushState.Rejected), ("parent", PushState.Approved)],
            (await world.Links.AllAsync(connection, plan.Id, default).ToListAsync()).Select(link => (link.Planned.Lookup, link.State)));
        Assert.Equal([2L], await world.Links.SendingAsync(connection, plan.Id, [1, 2], [PushState.Approved], default));
    }
}
