using Npgsql;
using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Tests.Support;
using Recon.Push.Verifying;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Push.Tests.Sending;

public sealed class PushTests(PostgresServer server)
{
    [Fact]
    public async Task Push_OfApprovedPlan_WritesAllWithOneReadAndOneWriteForEachBatch()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 250);

        PushReport report = await world.PushAsync();

        Assert.Null(report.Stop);
        Assert.Equal((250, 250, 0), (report.Planned, report.Of(PushState.Written), report.Waiting));
        Assert.Equal(6, report.Calls);
        Assert.Equal(("New 7", "+33142680007", null, "as it was"), (world.Value(7, "name"), world.Value(7, "phone"), world.Value(7, "city"), world.Value(7, "untouched")));
        PushItem item = (await world.ItemsAsync())[0];
        Assert.Equal("Old 1", item.Seen!["name"]);
        Assert.Equal("New 1", item.Written!["name"]);
    }

    [Fact]
    public async Task Push_OfPlanThatWasEditedInTheTable_IsRefused()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 5);
        await world.Database.ExecuteAsync("update staging.push_item set properties = properties || '{\"name\": \"not approved\"}' where no = 2");
        await using PushSession session = await world.OpenAsync();

        Assert.Contains(
            "not what it was",
            (await Assert.ThrowsAsync<PushRefusedException>(() => session.CheckPushAsync(TestContext.Current.CancellationToken))).Message,
            StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAsync("approved"));
        Assert.Empty(world.Calls);
    }

    [Fact]
    public async Task Push_AgainAfterItsEnd_SendsNothing()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 20);
        await world.PushAsync();
        int before = world.Calls.Count;

        PushReport again = await world.PushAsync();

        Assert.Equal(20, again.Of(PushState.Written));
        Assert.Equal(before, world.Calls.Count);
    }

    [Fact]
    public async Task Push_AfterHumanEdits_LeavesExactlyThose()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 130);
        foreach (int id in (int[])[3, 50, 128])
        {
            world.Server.Portal.Edit("companies", PushWorld.Id(id), "name", "Typed by hand", 77);
        }

        PushReport report = await world.PushAsync();

        Assert.Equal((127, 3), (report.Of(PushState.Written), report.Of(PushState.Stale)));
        Assert.Equal("Typed by hand", world.Value(3, "name"));
        Assert.Equal("Lille", world.Value(3, "city"));
    }

    [Fact]
    public async Task Push_OfValueThatMeansTheSame_IsNotStale()
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server,
            [PushWorld.Item(1) with { Before = new Dictionary<string, string?> { ["name"] = "Old 1", ["phone"] = "01 42 68 53 00", ["city"] = "Lille" } }]);
        world.Server.Portal.Edit("companies", PushWorld.Id(1), "phone", "+33142685300", 77);

        PushReport report = await world.PushAsync();

        Assert.Equal(1, report.Of(PushState.Written));
    }

    [Fact]
    public async Task Undo_AfterHumanEdits_RestoresTheOthersByteForByteAndNamesWhoEdited()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 120);
        var before = world.Snapshot();
        await world.PushAsync();
        world.Server.Portal.Edit("companies", PushWorld.Id(5), "name", "Later", 4711);

        PushReport report = await world.UndoAsync();

        Assert.Equal((119, 1), (report.Of(PushState.Restored), report.Of(PushState.Kept)));
        Assert.All(Enumerable.Range(1, 120).Where(id => id != 5), id => Assert.Equal(before[$"companies/{PushWorld.Id(id)}"], world.Snapshot()[$"companies/{PushWorld.Id(id)}"]));
        Assert.Equal(("Later", "Lille", null), (world.Value(5, "name"), world.Value(5, "city"), world.Value(5, "phone")));
        string? by = await world.Database.QueryValueAsync<string>("select changed_by from staging.push_item where state = 'kept'");
        Assert.StartsWith("name: CRM_UI", by);
        Assert.Contains("4711", by);
    }

    [Fact]
    public async Task Push_OfMergedAndMissingRecords_SaysWhichAndIntoWhich()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 10);
        world.Server.Portal.Merge("companies", PushWorld.Id(2), PushWorld.Id(9));
        world.Server.Portal.Archive("companies", PushWorld.Id(3));

        PushReport report = await world.PushAsync();

        Assert.Equal((8, 1, 1), (report.Of(PushState.Written), report.Of(PushState.Merged), report.Of(PushState.Missing)));
        Assert.Equal(PushWorld.Id(9), await world.Database.QueryValueAsync<string>("select merged_into from staging.push_item where state = 'merged'"));
    }

    [Fact]
    public async Task Push_OfBatchThatIsRefusedForOneInput_WritesTheOthers()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 100);
        world.Server.Traps.Add(SandboxTrap.Parse($"refuse-batch=phone,ids={PushWorld.Id(42)}"));

        PushReport report = await world.PushAsync();

        Assert.Equal((99, 1), (report.Of(PushState.Written), report.Of(PushState.Refused)));
        Assert.Equal("L42", await world.Database.QueryValueAsync<string>("select legacy_id from staging.push_item where state = 'refused'"));
    }

    [Theory]
    [InlineData("cut-before,on=update")]
    [InlineData("cut-within,on=update")]
    [InlineData("cut-after,on=update")]
    [InlineData("server-error,on=update")]
    [InlineData("server-error-after,on=update")]
    [InlineData("cut-before,on=read")]
    [InlineData("locked")]
    [InlineData("rate-limit=1")]
    [InlineData("empty-results,times=1")]
    [InlineData("not-complete,times=1")]
    [InlineData("left-out=3,times=1")]
    public async Task Push_WithOneFault_EndsAsWithoutIt(string trap)
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 30, trap);

        PushReport report = await world.PushAsync();

        Assert.Null(report.Stop);
        Assert.Equal(30, report.Of(PushState.Written));
        Assert.All(Enumerable.Range(1, 30), id => Assert.Equal(($"New {id}", null), (world.Value(id, "name"), world.Value(id, "city"))));
    }

    [Fact]
    public async Task Push_WhenTheDayIsOver_StopsAndIsResumed()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 300, "daily-limit,from=4");

        PushReport stopped = await world.PushAsync(parallelism: 1);

        Assert.NotNull(stopped.Stop);
        Assert.Equal((300, 100, 200), (stopped.Planned, stopped.Of(PushState.Written), stopped.Waiting));
        world.Server.Traps.Clear();
        Assert.Equal(300, (await world.PushAsync()).Of(PushState.Written));
    }

    [Fact]
    public async Task Push_WhoseCanaryIsChangedBack_SendsNothingElse()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 50, "workflow=name:Other");

        PushReport report = await world.PushAsync(canary: 5);

        Assert.Contains("name is \"Other\"", report.Stop!.Message, StringComparison.Ordinal);
        Assert.Equal((5, 45), (report.Of(PushState.Written), report.Waiting));
    }

    [Fact]
    public async Task Push_ReadBackAtTheEnd_NamesWhatHubspotMadeOfItAtOnce()
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server,
            [PushWorld.Item(1) with { Properties = new Dictionary<string, string> { ["phone"] = "ask Ada" }, Before = new Dictionary<string, string?> { ["phone"] = "none" } }],
            traps: ["rewrite"]);

        PushReport report = await world.PushAsync(verify: null);

        Assert.Equal(1, report.Of(PushState.Written));
        ChangedValue changed = Assert.Single(report.Verification!.Samples);
        Assert.Equal(("ask Ada", "askAda", "HubSpot, when it was written"), (changed.Written, changed.Holds, changed.ChangedBy));
    }

    [Fact]
    public async Task Push_ReadBackAtTheEnd_NamesWhatAWorkflowChanged()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 50, $"workflow=name:Other,ids={PushWorld.Id(8)}");

        PushReport report = await world.PushAsync(verify: null);

        Assert.Equal((50, 1, 0), (report.Verification!.Read, report.Verification.Changed, report.Verification.Gone));
        Assert.StartsWith("WORKFLOWS", report.Verification.Samples[0].ChangedBy, StringComparison.Ordinal);
        Assert.Equal(("L8", "name", "New 8", "Other"), (report.Verification.Samples[0].LegacyId, report.Verification.Samples[0].Property, report.Verification.Samples[0].Written, report.Verification.Samples[0].Holds));
    }

    [Fact]
    public async Task Push_WhoseFirstRecordsAreStale_FliesTheCanaryWithOthers()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 50, "workflow=name:Other");
        foreach (int id in Enumerable.Range(10, 6).Append(1))
        {
            world.Server.Portal.Edit("companies", PushWorld.Id(id), "name", "Typed by hand", 77);
        }

        PushReport report = await world.PushAsync(canary: 5);

        Assert.Contains("name is \"Other\"", report.Stop!.Message, StringComparison.Ordinal);
        Assert.Equal((5, 7, 38), (report.Of(PushState.Written), report.Of(PushState.Stale), report.Waiting));
    }

    [Fact]
    public async Task Push_OfWhoseFirstRecordsOneIsRefused_SendsNothingElse()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 50, $"unknown-option=name,ids={PushWorld.Id(11)}");

        PushReport report = await world.PushAsync(canary: 5);

        Assert.Contains("refused 1 of the first records; the first is companies L11", report.Stop!.Message, StringComparison.Ordinal);
        Assert.Equal((4, 1, 45), (report.Of(PushState.Written), report.Of(PushState.Refused), report.Waiting));
    }

    [Fact]
    public async Task Push_WithCallsThatWereMadeAgain_CountsThemAsFailed()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 30, "server-error,on=read,times=2", "rate-limit=1,on=update");

        PushReport report = await world.PushAsync();

        Assert.Equal((30, 2), (report.Of(PushState.Written), report.FailedCalls));
    }

    [Fact]
    public async Task Push_DrainedWhileItReadsBack_ReadsNoMore()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 250);
        await world.PushAsync();
        await using PushSession session = await world.OpenAsync();
        using var drain = new CancellationTokenSource();
        await drain.CancelAsync();

        Assert.Equal(0, (await new Verification(session.Context).RunAsync(null, drain.Token, TestContext.Current.CancellationToken)).Read);
        Assert.Equal(250, (await new Verification(session.Context).RunAsync(null, default, TestContext.Current.CancellationToken)).Read);
    }

    [Fact]
    public async Task Undo_OfPlanThatHasWrittenNothing_IsRefused()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 2);
        foreach (int id in Enumerable.Range(1, 2))
        {
            world.Server.Portal.Edit("companies", PushWorld.Id(id), "name", "Typed by hand", 77);
        }

        await world.PushAsync();
        await using PushSession session = await world.OpenAsync();

        PushRefusedException refused = await Assert.ThrowsAsync<PushRefusedException>(() => session.CheckUndoAsync(TestContext.Current.CancellationToken));
        Assert.Contains("nothing to undo", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LegacyTimes_OfAResultOfSeveralRuns_AreKnownOfAllThatThePlanWasMadeFrom()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 1);
        Guid[] runs = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        await world.Database.ExecuteAsync($$"""
            create table staging.companies_reconciliation (legacy_id text, run_id uuid, legacy_properties jsonb);
            insert into staging.companies_reconciliation values ('L1', '{{runs[0]}}', '{"Updated": "2026-01-01"}'), ('L2', '{{runs[1]}}', '{"Updated": "2026-01-02"}'),
                ('L3', gen_random_uuid(), '{"Updated": "2026-01-03"}')
            """);
        await using NpgsqlConnection connection = await world.Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var times = new LegacyTimes(world.Tables, world.Definition.Pipelines[0].Stage, "Updated");

        Assert.Equal(["L1", "L2"], (await times.FindAsync(connection, runs, ["L1", "L2", "L3"], default)).Keys.Order());
    }
}
