using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;
using Recon.Push.Running;
using Recon.Push.Tests.Support;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Push.Tests.Sending;

public sealed class OwnedAndLinkedTests(PostgresServer server)
{
    private static readonly DateTimeOffset s_edited = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("CRM_UI", 1, PushState.Owned)]
    [InlineData("CRM_UI", -1, null)]
    [InlineData("CRM_UI", null, PushState.Owned)] // nobody knows when the legacy record was updated
    [InlineData("WORKFLOWS", 1, null)]
    [InlineData("API", null, null)]
    internal void Edit_ByAPersonAfterTheLegacyUpdate_OwnsTheRecord(string source, int? hoursLater, PushState? expected)
    {
        PushItem item = new(1, 1, PushWorld.Item(1), PushState.Approved) { Sent = new Dictionary<string, string> { ["name"] = "New 1" } };
        var live = new LiveRecord(
            PushWorld.Id(1),
            new Dictionary<string, string?> { ["name"] = "Old 1" },
            new Dictionary<string, IReadOnlyList<HistoryItem>> { ["name"] = [new HistoryItem("Old 1", s_edited, source, "userId:7", null, "7"), new HistoryItem("x", s_edited.AddDays(9), "CRM_UI", null, null, null)] });

        Finding finding = RecordJudge.OfEdits(item, live, hoursLater is { } hours ? s_edited.AddHours(-hours) : null);

        Assert.Equal(expected, finding.State);
    }

    [Fact]
    public async Task Push_ThatKeepsHumanEdits_LeavesRecordsThatAPersonTouched()
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server, [.. Enumerable.Range(1, 60).Select(PushWorld.Item)], push: """{ "keepHumanEdits": true }""");
        world.Server.Portal.Edit("companies", PushWorld.Id(7), "name", "Something", 31);
        world.Server.Portal.Edit("companies", PushWorld.Id(7), "name", "Old 7", 31);

        PushReport report = await world.PushAsync();

        Assert.Equal((59, 1), (report.Of(PushState.Written), report.Of(PushState.Owned)));
        Assert.Equal("Old 7", world.Value(7, "name"));
        Assert.Contains("user 31", await world.Database.QueryValueAsync<string>("select changed_by from staging.push_item where state = 'owned'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_OfAssociations_MakesThemOnce()
    {
        PlannedLink[] links = [.. Enumerable.Range(1, 130).Select(id => new PlannedLink("companies", "contact", "companies", 1_000_000 + id, "contacts", 2_000_000 + id, $"L{id}"))];
        await using PushWorld world = await PushWorld.CreateAsync(
            server,
            [.. Enumerable.Range(1, 130).Select(PushWorld.Item)],
            links,
            fill: portal => Array.ForEach(links, link => portal.Store("contacts").Add(
                link.ToId.ToString(System.Globalization.CultureInfo.InvariantCulture), [], DateTimeOffset.UtcNow, DateTimeOffset.UtcNow)),
            traps: ["cut-after,on=associate,times=1"]);

        PushReport report = await world.PushAsync();
        int calls = world.Calls.Count;
        PushReport again = await world.PushAsync();

        Assert.Equal((130, 130), (report.Of(PushState.Written), report.Links[PushState.Written]));
        Assert.True(world.Snapshot().ContainsKey("companies/1000130/contacts/2000130"));
        Assert.Equal((calls, 130), (world.Calls.Count, again.Links[PushState.Written]));
        Assert.Contains(world.Calls, call => call.Kind == CallKind.Associate);
    }

    [Fact]
    public async Task Check_OfAssociationsAlone_LooksAtTheTypesThatAreLinked()
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server,
            [],
            [new PlannedLink("companies", "contact", "companies", 1_000_001, "contacts", 2_000_001, "L1")],
            fill: portal =>
            {
                portal.Store("companies").Add("1000001", [], DateTimeOffset.UtcNow, DateTimeOffset.UtcNow);
                portal.Store("contacts").Add("2000001", [], DateTimeOffset.UtcNow, DateTimeOffset.UtcNow);
            });
        await using PushSession session = await world.OpenAsync();

        Assert.NotNull(await session.CheckPushAsync(TestContext.Current.CancellationToken));
        Assert.Contains(world.Calls, call => call.Status == 404);
        Assert.Equal(0, session.Tally.Failed);
        Assert.All(["companies", "contacts"], type => Assert.Contains(world.Calls, call => call.Kind == CallKind.Properties && call.Path.Contains(type, StringComparison.Ordinal)));
    }
}
