using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;


namespace Recon.Postgres.Tests.Breakage;

/// <summary>Runs that meet a hot standby: by mistake, or because the servers change their roles.</summary>
public sealed class StandbyTests
{
    [Fact]
    public async Task Run_OnAStandby_EndsWithTheReasonAndChangesNothing()
    {
        await using PrimaryAndStandby servers = await PrimaryAndStandby.StartAsync();
        await using SmallWorld world = await SmallWorld.CreateAsync(await servers.CreateDatabaseAsync("fresh"));
        await servers.FollowAsync();
        world.ConnectionString = servers.Standby("fresh");
        world.Tuning = Golden.QuickRetries with { Start = new RetrySettings { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(5) } };

        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => world.RunAsync());

        Fault fault = PostgresFaults.Classify(exception, "server", FaultPhase.Command);
        Assert.Equal((FaultKind.ReadOnly, 4), (fault.Kind, fault.ExitCode));
        Assert.Contains("a standby", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Connect to the primary", fault.Message, StringComparison.Ordinal);
        Assert.Null(await world.Database.QueryValueAsync<string>("select to_regnamespace('staging')::text"));
    }

    [Fact]
    public async Task Run_StandbyIsPromotedMeanwhile_CompletesByItselfExactly()
    {
        await using PrimaryAndStandby servers = await PrimaryAndStandby.StartAsync();
        await using SmallWorld world = await SmallWorld.CreateAsync(await servers.CreateDatabaseAsync("promoted"));
        Golden golden = await Golden.RunAsync(world);
        await servers.FollowAsync();
        world.ConnectionString = servers.Standby("promoted");
        world.Tuning = AtRefusal(servers.PromoteAsync);

        PipelineResult result = await world.RunAsync();
        world.Move(servers.Standby("postgres"));

        Assert.Null(result.Fault);
        await golden.RequireAsync(world, "promoted");
    }

    [Fact]
    public async Task Run_AddressLeadsToThePrimaryAgain_LeavesTheConnectionsToTheStandby()
    {
        await using PrimaryAndStandby servers = await PrimaryAndStandby.StartAsync();
        await using SmallWorld world = await SmallWorld.CreateAsync(await servers.CreateDatabaseAsync("moved"));
        Golden golden = await Golden.RunAsync(world);
        await servers.FollowAsync();
        await using var address = new FaultProxy(servers.Standby("moved"));
        world.ConnectionString = address.ConnectionString;
        world.Tuning = AtRefusal(() =>
        {
            address.Retarget(servers.Primary);
            return Task.CompletedTask;
        });

        PipelineResult result = await world.RunAsync();

        Assert.Null(result.Fault);
        await golden.RequireAsync(world, "moved");
    }

    // What happens at the first refusal; the run tries again until it is over.
    private static RunTuning AtRefusal(Func<Task> change)
    {
        Task? changing = null;
        var patient = new RetrySettings
        {
            MaxRetries = 100,
            Delay = TimeSpan.FromMilliseconds(20),
            MaxDelay = TimeSpan.FromMilliseconds(200),
            OnRetry = notice =>
            {
                Assert.Equal(FaultKind.ReadOnly, notice.Fault.Kind);
                changing ??= change();
            },
        };
        return Golden.QuickRetries with { Start = patient };
    }
}
