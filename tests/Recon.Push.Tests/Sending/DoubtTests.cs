using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Tests.Support;
using Recon.Testing;

namespace Recon.Push.Tests.Sending;

/// <summary>Answers that leave open what became of a record: nothing of somebody else's is written over, and nothing is given up for good.</summary>
public sealed class DoubtTests(PostgresServer server)
{
    [Fact]
    public async Task Resume_AfterAPersonTypedTheOldValuesBack_LeavesThem()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, [NameOnly(1), NameOnly(2)], traps: ["cut-after,on=update,times=1", "cut-before,on=read,from=2,times=9"]);
        Assert.Equal(2, (await world.PushAsync()).Of(PushState.Uncertain));
        world.Server.Traps.Clear();
        world.Server.Portal.Edit("companies", PushWorld.Id(2), "name", "Old 2", 31);

        PushReport report = await world.PushAsync();

        Assert.Equal((1, 1), (report.Of(PushState.Written), report.Of(PushState.Stale)));
        Assert.Equal("Old 2", world.Value(2, "name"));
        Assert.Contains("user 31", await world.Database.QueryValueAsync<string>("select changed_by from staging.push_item where state = 'stale'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakingApart_WhileSomebodyElseWritesThePlannedValue_IsStaleAndNotWritten()
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server,
            [.. Enumerable.Range(1, 20).Select(NameOnly)],
            traps: [$"refuse-batch=name,ids={PushWorld.Id(12)}", $"edit-after-read=name:New 4,ids={PushWorld.Id(4)}"]);

        PushReport report = await world.PushAsync();

        Assert.Equal((18, 1, 1), (report.Of(PushState.Written), report.Of(PushState.Refused), report.Of(PushState.Stale)));
        Assert.Equal("L4", (await world.ItemsAsync()).Single(item => item.State == PushState.Stale).Planned.LegacyId);
    }

    [Theory]
    [InlineData("daily-limit,from=3")] // at the first look at the first part
    [InlineData("daily-limit,from=4")] // at the sending of the first part
    public async Task TakingApart_ThatIsStopped_LeavesThePartsUnsent(string trap)
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 20, $"refuse-batch=name,ids={PushWorld.Id(12)}", trap);

        PushReport report = await world.PushAsync();

        Assert.NotNull(report.Stop);
        Assert.Equal((20L, 20), (await world.CountAsync("approved"), report.Waiting));
    }

    [Fact]
    public async Task Push_WhoseFirstReadIsEmpty_WritesAll()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 10, "empty-results,on=read,times=1");

        Assert.Equal(10, (await world.PushAsync()).Of(PushState.Written));
    }

    [Fact]
    public async Task Push_OfSentRecordsThatNoReadMentions_IsUncertainAndResumed()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 10, "cut-after,on=update,times=1", $"left-out,on=read,from=2,ids={PushWorld.Id(4)}");

        PushReport report = await world.PushAsync();

        Assert.Equal((9, 1), (report.Of(PushState.Written), report.Of(PushState.Uncertain)));
        world.Server.Traps.Clear();
        Assert.Equal(10, (await world.PushAsync()).Of(PushState.Written));
    }

    [Theory]
    [InlineData("not-complete")]
    [InlineData("not-complete,times=1", "left-out,ids=1000001,from=1")]
    public async Task Push_WhoseAnswersAreNotComplete_IsNeverRefused(params string[] traps)
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 1, traps);

        PushReport report = await world.PushAsync();

        Assert.Equal(1, report.Of(PushState.Uncertain));
        world.Server.Traps.Clear();
        Assert.Equal(1, (await world.PushAsync()).Of(PushState.Written));
    }

    [Fact]
    public async Task Push_OfRecordThatAnswersLeaveOut_SaysWhyAndByWhichCall()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 5, $"left-out,ids={PushWorld.Id(4)}");

        await world.PushAsync();

        string? told = await world.Database.QueryValueAsync<string>(
            "select concat_ws('|', code, correlation_id is not null, message) from staging.push_item where state = 'refused'");
        Assert.StartsWith("NOT_IN_ANSWER|t|sent 3 times", told, StringComparison.Ordinal);
        Assert.EndsWith("the answer has it neither among its results nor among its errors", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_OfRecordWhoseAnswersAreLost_SaysHow()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 1, "server-error,on=update,times=9");

        await world.PushAsync();

        Assert.EndsWith(
            "the last time, was answered 500", await world.Database.QueryValueAsync<string>("select message from staging.push_item where state = 'uncertain'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakingApart_WhenItsCallsAreSpent_LeavesTheInnocentForTheNextPush()
    {
        string faulty = string.Join('+', Enumerable.Range(1, 100).Where(id => id % 10 == 5).Select(PushWorld.Id));
        await using PushWorld world = await PushWorld.CreateAsync(server, 100, $"refuse-batch=phone,ids={faulty}");

        PushReport report = await world.PushAsync();

        Assert.Contains("left as before: HubSpot refuses a batch for one of its records", report.Stop!.Message, StringComparison.Ordinal);
        Assert.True(report.Waiting > 0);
        Assert.Equal(100, report.Waiting + report.Of(PushState.Written) + report.Of(PushState.Refused));
        for (int pushes = 0; report.Stop is not null && pushes < 10; pushes++)
        {
            report = await world.PushAsync();
        }

        Assert.Equal((90, 10), (report.Of(PushState.Written), report.Of(PushState.Refused)));
    }

    private static PlannedItem NameOnly(int id) => PushWorld.Item(id) with
    {
        Properties = new Dictionary<string, string> { ["name"] = $"New {id}" },
        Before = new Dictionary<string, string?> { ["name"] = $"Old {id}" },
    };
}
