using Npgsql;
using Recon.Postgres.Faults;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

public sealed class SplitStoreTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Give_ASplitAgain_RaisesItsEpoch()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);

        IReadOnlyDictionary<long, long> first = await rig.Store.GiveAsync([1, 5], "a", Token);
        IReadOnlyDictionary<long, long> second = await rig.Store.GiveAsync([5], "b", Token);

        Assert.Equal([1, 5], first.Keys.Order());
        Assert.Equal(first[5] + 1, second[5]);
        Assert.Equal(1, await rig.CountAsync("select count(*) from staging.reconciliation_split where split = 5 and worker = 'b'"));
    }

    [Fact]
    public async Task TakeBack_ASplit_LeavesNoTicketValid()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        long epoch = (await rig.Store.GiveAsync([1], "a", Token))[1];

        await rig.Store.TakeBackAsync([1], Token);

        Assert.Null(await rig.HoldAsync(new(1, epoch)));
    }

    [Fact]
    public async Task TakeBack_WhileABatchIsBeingCommitted_WaitsForIt()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        long epoch = (await rig.Store.GiveAsync([1], "a", Token))[1];
        await using NpgsqlConnection holder = (await rig.HoldAsync(new(1, epoch)))!;

        Task taking = rig.Store.TakeBackAsync([1], Token);
        await Until.TrueAsync("the wait", async () => taking.IsCompleted || await CountWaitingAsync(rig) > 0, Token);
        Assert.False(taking.IsCompleted);
        await using var commit = new NpgsqlCommand("commit", holder);
        await commit.ExecuteNonQueryAsync(Token);

        await taking;
    }

    [Fact]
    public async Task TakeBack_FromASessionThatIsStuckInABatch_EndsIt()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        long epoch = (await rig.Store.GiveAsync([1], "a", Token))[1];
        await using NpgsqlConnection stuck = (await rig.HoldAsync(new(1, epoch)))!;

        await rig.Store.TakeBackAsync([1], Token);

        await using var commit = new NpgsqlCommand("commit", stuck);
        PostgresException ended = await Assert.ThrowsAsync<PostgresException>(() => commit.ExecuteNonQueryAsync(Token));
        Assert.Equal(PostgresErrorCodes.AdminShutdown, ended.SqlState);
    }

    [Fact]
    public async Task Clear_AndGive_GiveNoEpochASecondTime()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        long first = (await rig.Store.GiveAsync([1], "a", Token))[1];

        await rig.Store.ClearAsync(Token);
        long second = (await rig.Store.GiveAsync([1], "a", Token))[1];

        Assert.NotEqual(first, second);
        Assert.Null(await rig.HoldAsync(new(1, first)));
    }

    [Fact]
    public async Task Change_AfterAnotherRunTookOver_IsRefused()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.ExecuteAsync("update staging.reconciliation_lease set epoch = epoch + 1");

        await Assert.ThrowsAsync<LeaseLostException>(() => rig.Store.ClearAsync(Token));
        await Assert.ThrowsAsync<LeaseLostException>(() => rig.Store.GiveAsync([1], "a", Token));
        await Assert.ThrowsAsync<LeaseLostException>(() => rig.Store.TakeBackAsync([1], Token));
        Assert.Equal(0, await rig.CountAsync("select count(*) from staging.reconciliation_split"));
    }

    private static Task<long> CountWaitingAsync(BoardRig rig)
        => rig.CountAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
}
