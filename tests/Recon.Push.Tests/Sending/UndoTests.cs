using System.Globalization;
using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Tests.Support;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Push.Tests.Sending;

public sealed class UndoTests(PostgresServer server)
{
    [Theory]
    [InlineData("cut-before")]
    [InlineData("cut-after")]
    [InlineData("daily-limit")]
    public async Task Undo_WithAFaultAtTheNthCall_PutsBackEverythingByteForByte(string fault)
    {
        int call = 1;
        for (; call <= 20; call++)
        {
            await using PushWorld world = await PushWorld.CreateAsync(server, 130);
            var before = world.Snapshot();
            await world.PushAsync();
            int pushed = world.Calls.Count;
            world.Server.Traps.Add(SandboxTrap.Parse(string.Create(CultureInfo.InvariantCulture, $"{fault},from={call},times=1")));

            PushReport report = await world.UndoAsync();
            report = report.Stop is null ? report : await world.UndoAsync();

            Assert.Equal(130, report.Of(PushState.Restored));
            Assert.Equal(before, world.Snapshot());
            if (!world.Calls.Skip(pushed).Any(served => served.Traps.Count > 0))
            {
                break;
            }
        }

        Assert.InRange(call, 4, 20);
    }

    [Fact]
    public async Task Undo_OfUncertainItem_LeavesNothingOfThePlan()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 10, "cut-after,on=update,times=1", "cut-before,on=read,from=2,times=9");
        var before = world.Snapshot();
        Assert.Equal(10, (await world.PushAsync()).Of(PushState.Uncertain));
        world.Server.Traps.Clear();

        PushReport report = await world.UndoAsync();

        Assert.Equal(10, report.Of(PushState.Restored));
        Assert.Equal(before, world.Snapshot());
    }

    [Fact]
    public async Task Undo_OfRecordThatCannotBeRead_LeavesItToTheNextUndo()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 10);
        var before = world.Snapshot();
        await world.PushAsync();
        world.Server.Traps.Add(SandboxTrap.Parse($"errors-in-207,on=read,ids={PushWorld.Id(4)}"));

        PushReport report = await world.UndoAsync();

        Assert.Equal((9, 1, 0), (report.Of(PushState.Restored), report.Of(PushState.Written), report.Of(PushState.Kept)));
        Assert.Contains("1 record is left as before: HubSpot does not tell what they hold", report.Stop!.Message, StringComparison.Ordinal);
        world.Server.Traps.Clear();
        Assert.Null((await world.UndoAsync()).Stop);
        Assert.Equal(before, world.Snapshot());
    }

    [Fact]
    public async Task Undo_OfBatchThatIsRefused_PutsAllBackThatCanBe()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 100);
        await world.PushAsync();
        string faulty = string.Join('+', Enumerable.Range(1, 100).Where(id => id % 10 == 5).Select(PushWorld.Id));
        world.Server.Traps.Add(SandboxTrap.Parse($"refuse-batch=phone,ids={faulty}"));

        PushReport report = await world.UndoAsync();

        Assert.NotNull(report.Stop);
        Assert.True(report.Of(PushState.Written) > 0);
        for (int undos = 0; report.Stop is not null && undos < 10; undos++)
        {
            report = await world.UndoAsync();
        }

        Assert.Equal((90, 10), (report.Of(PushState.Restored), report.Of(PushState.Kept)));
    }

    [Fact]
    public async Task Undo_OfValueThatAPersonWroteInAnotherWay_KeepsIt()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 3);
        await world.PushAsync();
        world.Server.Portal.Edit("companies", PushWorld.Id(2), "phone", "01 42 68 00 02", 8);

        PushReport report = await world.UndoAsync();

        Assert.Equal((2, 1), (report.Of(PushState.Restored), report.Of(PushState.Kept)));
        Assert.Equal(("01 42 68 00 02", "Old 2"), (world.Value(2, "phone"), world.Value(2, "name")));
    }
}
