using Npgsql;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Tests.Support;
using Recon.Testing;

namespace Recon.Push.Tests.Sending;

/// <summary>Only what is approved when it is sent is sent, by the one process that holds the plan.</summary>
public sealed class TakenPlanTests(PostgresServer server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Item_KilledBeforeItArrived_IsSentWithoutWhatWasRejectedSince(bool isWhole)
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 2);
        await KillAsync(world, arrives: false);
        await RejectAsync(world, "L1", isWhole ? null : "phone");

        PushReport report = await world.PushAsync();

        Assert.Null(report.Stop);
        PushItem item = (await world.ItemsAsync())[0];
        Assert.Equal(isWhole ? PushState.Rejected : PushState.Written, item.State);
        Assert.Equal((isWhole ? "Old 1" : "New 1", null), (world.Value(1, "name"), world.Value(1, "phone")));
        Assert.Equal(("New 2", "+33142680002"), (world.Value(2, "name"), world.Value(2, "phone")));
        if (!isWhole)
        {
            Assert.Equal(["city", "name"], item.Sent!.Keys.Order());
        }
    }

    [Fact]
    public async Task Item_KilledAfterItArrived_IsWrittenAndUndoneWhole()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 2);
        var before = world.Snapshot();
        await KillAsync(world, arrives: true);
        await RejectAsync(world, "L1", "phone");

        Assert.Equal(2, (await world.PushAsync()).Of(PushState.Written));
        Assert.Equal("+33142680001", world.Value(1, "phone"));
        await world.UndoAsync();

        Assert.Equal(before, world.Snapshot());
    }

    [Fact]
    public async Task Push_WhoseConnectionBroke_SendsNothingOnceAnotherTookThePlan()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 20);
        await using PushSession lost = await world.OpenAsync();
        await lost.Context.Ledger.FixAsync(world.Plan, TestContext.Current.CancellationToken);
        await EndHoldsAsync(world);
        await using PushSession taken = await world.OpenAsync();

        await Assert.ThrowsAsync<PlanHeldException>(() => lost.Runner(new PushSettings { Canary = 0, Parallelism = 1, Verify = 0 }).PushAsync(default, default));

        Assert.DoesNotContain(world.Calls, call => call.Method == "POST" && call.Path.Contains("update", StringComparison.Ordinal));
        Assert.Equal("Old 1", world.Value(1, "name"));
    }

    [Fact]
    public async Task Plan_UndoneSinceItWasRead_IsNotPushed()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 2);
        await world.PushAsync();
        await world.UndoAsync();

        await using PushSession session = await world.OpenAsync();

        Assert.Equal(PlanState.Undone, session.Plan.State);
        Assert.Contains("undone", (await Assert.ThrowsAsync<PushRefusedException>(() => session.CheckPushAsync(default))).Message, StringComparison.Ordinal);
    }

    // As a kill between the ledger's entry and the verdict leaves it.
    private static async Task KillAsync(PushWorld world, bool arrives)
    {
        await using PushSession session = await world.OpenAsync();
        await session.Context.Ledger.FixAsync(world.Plan, default);
        IReadOnlyList<PushItem> items = await session.Context.Ledger.NextAsync(0, undoing: false, default);
        await session.Context.Ledger.BeginAsync([], [.. items.Select(item => item with { Seen = item.Planned.Before })], undoing: false, default);
        if (arrives)
        {
            await session.Context.Client.UpdateAsync(
                "companies", [.. items.Select(item => new UpdateInput($"{item.Planned.HubspotId}", $"{item.No}", item.Sent!))], default);
        }
    }

    private static async Task RejectAsync(PushWorld world, string legacyId, string? property)
    {
        await using NpgsqlConnection connection = await world.Sources.Control.OpenConnectionAsync();
        await new ApprovalStore(world.Tables).AddAsync(
            connection, world.Plan, new ApprovalWish(ApprovalScope.Record, null, property, null, null, legacyId, false), "Bea", null, false, default);
    }

    private static async Task EndHoldsAsync(PushWorld world)
    {
        const string held = "from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
        await world.Database.ExecuteAsync($"select pg_terminate_backend(pid) {held}");
        await Until.TrueAsync("the end of the sessions", async () => await world.Database.QueryValueAsync<long>($"select count(*) {held}") == 0, TestContext.Current.CancellationToken);
    }
}
