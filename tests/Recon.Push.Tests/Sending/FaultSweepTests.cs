using System.Globalization;
using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Tests.Support;
using Recon.Testing;

namespace Recon.Push.Tests.Sending;

/// <summary>A fault at the first, second, … call of a push, until a push ends without having met it.</summary>
public sealed class FaultSweepTests(PostgresServer server)
{
    private const int Records = 230;
    private const int MostCalls = 40;

    [Fact]
    public Task Push_CutAfterTheNthCall_EndsAsTheUndisturbedOne() => SweepAsync("cut-after");

    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [InlineData("cut-before")]
    [InlineData("cut-within")]
    [InlineData("server-error")]
    [InlineData("server-error-after")]
    [InlineData("locked")]
    [InlineData("rate-limit=1")]
    [InlineData("daily-limit")]
    [InlineData("unauthorized")]
    public Task Push_WithAFaultAtTheNthCall_EndsAsTheUndisturbedOne(string fault) => SweepAsync(fault);

    private async Task SweepAsync(string fault)
    {
        int call = 1;
        for (; call <= MostCalls; call++)
        {
            await using PushWorld world = await PushWorld.CreateAsync(
                server, Records, string.Create(CultureInfo.InvariantCulture, $"{fault},from={call},times=1"));
            (PushReport report, int extra) = await PushToTheEndAsync(world);

            Assert.Equal((Records, Records), (report.Planned, report.Of(PushState.Written)));
            Assert.All(Enumerable.Range(1, Records), id => Assert.Equal(
                ($"New {id}", $"+3314268{id:0000}", null), (world.Value(id, "name"), world.Value(id, "phone"), world.Value(id, "city"))));
            RequireOneWriteEach(world);
            if (!world.Calls.Any(served => served.Traps.Count > 0))
            {
                break;
            }

            // Two for each batch, the canary and its reading back; a fault costs what was lost, reading back and sending again.
            Assert.InRange(world.Calls.Count, 9, 9 + 4 + extra);
        }

        Assert.InRange(call, 9, MostCalls);
    }

    [Fact]
    public async Task Push_WithAnEditAfterEachLostAnswer_NeverWritesOverIt()
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server, 20, "cut-after,on=update,times=1", $"edit-after-read=name:By hand,ids={PushWorld.Id(4)},from=2,times=1");

        PushReport report = await world.PushAsync();

        // The second read is the one after the lost answer: what it saw was written, and what was typed afterwards stays.
        Assert.Equal(20, report.Of(PushState.Written));
        Assert.Equal("By hand", world.Value(4, "name"));
    }

    [Fact]
    public async Task Push_WithAnEditBetweenLossAndReadingBack_IsStaleThere()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 20, "cut-before,on=update,times=1", "cut-before,on=read,from=2,times=9");
        PushReport stopped = await world.PushAsync();
        Assert.NotNull(stopped.Stop);
        Assert.Equal(20, stopped.Of(PushState.Uncertain));
        world.Server.Traps.Clear();
        world.Server.Portal.Edit("companies", PushWorld.Id(4), "name", "By hand", 7);

        PushReport report = await world.PushAsync();

        Assert.Equal((19, 1), (report.Of(PushState.Written), report.Of(PushState.Stale)));
        Assert.Equal(("By hand", "Lille"), (world.Value(4, "name"), world.Value(4, "city")));
    }

    // What stops a push is what somebody resumes.
    private static async Task<(PushReport Report, int Extra)> PushToTheEndAsync(PushWorld world)
    {
        PushReport report = await world.PushAsync(canary: 5, parallelism: 1);
        if (report.Stop is null)
        {
            return (report, 0);
        }

        world.Server.Traps.Clear();
        return (await world.PushAsync(canary: 5, parallelism: 1), 4);
    }

    private static void RequireOneWriteEach(PushWorld world)
    {
        foreach (int id in Enumerable.Range(1, Records))
        {
            int changes = world.Server.Portal.Store("companies").Find(PushWorld.Id(id)) is { } record
                ? record.History(world.Server.Portal.Store("companies").Properties.Index().First(property => property.Item.Name == "name").Index).Count
                : 0;

            // As it was loaded, and as it was written.
            Assert.Equal(2, changes);
        }
    }
}
