using System.Text.Json;
using Npgsql;
using Recon.Postgres.Push;
using Recon.Postgres.Tests.Push;
using Recon.Push.Approving;
using Recon.Push.Planning;
using Recon.Testing;

namespace Recon.Push.Tests.Approving;

/// <summary>Nobody approves what a plan does not hold, more than the brakes allow, or, where four eyes are wanted, what they planned themselves.</summary>
public sealed class ApproverTests(PostgresServer server)
{
    private static readonly ApprovalWish s_all = new(ApprovalScope.All, null, null, null, null, null, true);
    private static readonly Approver.Words s_words = new("Bea", null, false);

    [Fact]
    public async Task Approval_WithinTheBrakes_ApprovesAndTellsHowMuch()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        await using Scene scene = await Scene.OfAsync(world, new PlanBrakes(3, 0, 80, 3, false));

        ApprovalOutcome outcome = await scene.SayAsync(s_all);
        Assert.Equal((3, 0), (outcome.Approved, outcome.Rejected));
        ApprovalOutcome less = await scene.SayAsync(s_all with { Scope = ApprovalScope.Record, LegacyId = "2", IsApproved = false });
        Assert.Equal((-1, 1, "companies"), (less.Approved, less.Rejected, less.Wish.Pipeline));
    }

    [Fact]
    public async Task Approval_AboveABrake_IsRefusedUnlessMeant()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        await using Scene scene = await Scene.OfAsync(world, new PlanBrakes(2, 0, 80, 3, false));

        PushRefusedException refused = await Assert.ThrowsAsync<PushRefusedException>(() => scene.SayAsync(s_all));
        Assert.Contains("maxRecords", refused.Message, StringComparison.Ordinal);
        Assert.All(await world.ItemsAsync(scene.Plan), item => Assert.Equal(PushState.Planned, item.State));
        Assert.Equal(2, (await scene.SayAsync(s_all with { Scope = ApprovalScope.Transition, Property = "country", Old = "France", New = "FR" })).Approved);

        Assert.Equal(1, (await scene.SayAsync(s_all, s_words with { Reason = "meant", IsOverLimit = true })).Approved);
        await scene.SayAsync(s_all with { Scope = ApprovalScope.Record, LegacyId = "2" });
    }

    [Fact]
    public async Task Approval_AfterOneAboveABrake_IsBrakedAgain()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        await using Scene scene = await Scene.OfAsync(world, new PlanBrakes(1, 0, 80, 3, false));
        await scene.SayAsync(
            s_all with { Scope = ApprovalScope.Transition, Property = "country", Old = "France", New = "FR" }, s_words with { Reason = "these two", IsOverLimit = true });

        await Assert.ThrowsAsync<PushRefusedException>(() => scene.SayAsync(s_all));

        Assert.Equal([PushState.Approved, PushState.Approved, PushState.Planned], (await world.ItemsAsync(scene.Plan)).Select(item => item.State));
    }

    [Fact]
    public async Task Word_WhileThePlanIsPushed_IsRefused()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        await using Scene scene = await Scene.OfAsync(world, new PlanBrakes(9, 9, 80, 3, false));
        await using (await PlanHold.TakeAsync(world.Source, world.Tables, scene.Plan.Id, "a push", default))
        {
            PlanHeldException refused = await Assert.ThrowsAsync<PlanHeldException>(() => scene.SayAsync(s_all with { IsApproved = false }));
            Assert.Contains("a push", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(3, (await scene.SayAsync(s_all with { IsApproved = false })).Rejected);
    }

    [Fact]
    public async Task Word_OfARecordThatWasSent_IsToldToComeTooLate()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        PlannedItem two = PushWorld.Item(1) with
        {
            Properties = new Dictionary<string, string> { ["country"] = "FR", ["city"] = "Paris" },
            Before = new Dictionary<string, string?> { ["country"] = "France", ["city"] = null },
        };
        await using Scene scene = await Scene.OfItemsAsync(world, new PlanBrakes(9, 9, 80, 3, false), two, PushWorld.Item(2));
        Assert.Null((await scene.SayAsync(s_all with { Scope = ApprovalScope.Property, Property = "country" })).Late);
        await world.Approvals.FixAsync(scene.Connection, scene.Plan, default);
        await world.Ledger.JudgeAsync(scene.Connection, scene.Plan.Id, [new ItemVerdict(1, PushState.Written)], default);

        LateChanges approved = (await scene.SayAsync(s_all with { Scope = ApprovalScope.Property, Property = "city" })).Late!;
        LateChanges rejected = (await scene.SayAsync(s_all with { Scope = ApprovalScope.Property, Property = "country", IsApproved = false })).Late!;

        Assert.Equal((1, "companies 1 city"), (approved.Count, Assert.Single(approved.Named)));
        Assert.Equal((1, "companies 1 country"), (rejected.Count, Assert.Single(rejected.Named)));
    }

    [Fact]
    public async Task Rejection_IsNeverBraked()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        await using Scene scene = await Scene.OfAsync(world, new PlanBrakes(0, 0, 80, 3, true));

        Assert.Equal(3, (await scene.SayAsync(s_all with { IsApproved = false }, s_words with { By = "Ada" })).Rejected);
    }

    [Fact]
    public async Task Planner_WhereFourEyesAreWanted_DoesNotApprove()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        await using Scene scene = await Scene.OfAsync(world, new PlanBrakes(9, 9, 80, 3, true));

        Assert.Contains("fourEyes", (await Assert.ThrowsAsync<PushRefusedException>(() => scene.SayAsync(s_all, s_words with { By = "ada " }))).Message, StringComparison.Ordinal);
        Assert.Equal(3, (await scene.SayAsync(s_all)).Approved);
    }

    [Theory]
    [InlineData(nameof(ApprovalScope.Property), "contry", null, null, "did you mean 'country'")]
    [InlineData(nameof(ApprovalScope.Record), null, "99", null, "no record with the legacy id 99")]
    [InlineData(nameof(ApprovalScope.Record), null, "1", null, "companies and deals")]
    [InlineData(nameof(ApprovalScope.All), null, null, "leads", "It has: companies, deals")]
    public async Task Wish_ThatThePlanDoesNotHold_IsRefused(string scope, string? property, string? record, string? pipeline, string message)
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        await using Scene scene = await Scene.OfAsync(world, new PlanBrakes(9, 9, 80, 3, false), PushWorld.Item(1, "deals"));

        PushRefusedException refused = await Assert.ThrowsAsync<PushRefusedException>(
            () => scene.SayAsync(new ApprovalWish(Enum.Parse<ApprovalScope>(scope), pipeline, property, null, null, record, true)));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_ChangedInTheTable_AreNoticed()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        await using Scene scene = await Scene.OfAsync(world, new PlanBrakes(9, 9, 80, 3, false));
        PushPlan plan = scene.Plan with { Hash = await StoredPlan.HashAsync(scene.Connection, world.Tables, scene.Plan.Id, scene.Plan.Portal, default) };
        await StoredPlan.RequireUnchangedAsync(scene.Connection, world.Tables, plan, default);

        await world.Database.ExecuteAsync("update staging.push_item set properties = '{\"country\": \"DE\"}' where no = 2");

        await Assert.ThrowsAsync<PushRefusedException>(() => StoredPlan.RequireUnchangedAsync(scene.Connection, world.Tables, plan, default));
    }

    private sealed class Scene(PushWorld world, NpgsqlConnection connection, PushPlan plan) : IAsyncDisposable
    {
        public NpgsqlConnection Connection => connection;

        public PushPlan Plan => plan;

        public static Task<Scene> OfAsync(PushWorld world, PlanBrakes brakes, params PlannedItem[] more)
            => OfItemsAsync(world, brakes, [PushWorld.Item(1), PushWorld.Item(2), PushWorld.Item(3, old: "Italy", value: "IT"), .. more]);

        public static async Task<Scene> OfItemsAsync(PushWorld world, PlanBrakes brakes, params PlannedItem[] items)
        {
            PushPlan plan = await world.PlanAsync(items);
            string json = JsonSerializer.Serialize(brakes, PlanJson.Default.PlanBrakes);
            return new Scene(world, await world.Source.OpenConnectionAsync(), plan with { Parts = [.. plan.Parts.Select(part => part with { Brakes = json })] });
        }

        public Task<ApprovalOutcome> SayAsync(ApprovalWish wish, Approver.Words? words = null)
            => new Approver(world.Tables).SayAsync(connection, plan, wish, words ?? s_words, default);

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
