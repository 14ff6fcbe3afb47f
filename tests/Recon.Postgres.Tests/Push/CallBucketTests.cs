using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Recon.Postgres.Push;
using Recon.Testing;
using static Recon.Postgres.Tests.Push.PushWorld;

namespace Recon.Postgres.Tests.Push;

/// <summary>One bucket for all processes: through a row.</summary>
public sealed class CallBucketTests(PostgresServer server)
{
    private const long Portal = 7;
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public async Task Buckets_OfTwoProcesses_TogetherTakeNoMoreThanAllowed()
    {
        await using PushWorld world = await CreateAsync(server);
        CallBucket first = await OpenAsync(world);
        CallBucket second = await OpenAsync(world);
        await first.ObserveAsync(8, null, s_long, null, null, null, default);

        TimeSpan?[] waits = await Task.WhenAll(Enumerable.Range(0, 20).Select(each => (each % 2 == 0 ? first : second).TryTakeAsync(default)));

        Assert.Equal(8, waits.Count(wait => wait is null));
        Assert.All(waits, wait => Assert.True(wait is null || wait > TimeSpan.FromMinutes(1)));
        Assert.Null(await (await CallBucket.OpenAsync(world.Source, world.Tables, 8, TimeProvider.System, default)).TryTakeAsync(default));
    }

    [Fact]
    public async Task Bucket_ToldThatLessIsLeft_TakesLess()
    {
        await using PushWorld world = await CreateAsync(server);
        CallBucket bucket = await OpenAsync(world);
        await bucket.ObserveAsync(190, 1, s_long, 650_000, 649_000, null, default);

        Assert.Null(await bucket.TryTakeAsync(default));
        Assert.NotNull(await bucket.TryTakeAsync(default));
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        PortalLimits limits = (await new PortalStore(world.Tables).FindAsync(connection, Portal, default))!;
        Assert.Equal((190, s_long, 650_000L), (limits.Max, limits.Interval, limits.Daily));
    }

    [Fact]
    public async Task Pause_Told_HoldsAllProcesses()
    {
        await using PushWorld world = await CreateAsync(server);
        CallBucket first = await OpenAsync(world);
        CallBucket second = await OpenAsync(world);
        await first.ObserveAsync(null, null, null, null, null, s_long, default);
        await second.ObserveAsync(null, null, null, null, null, TimeSpan.FromSeconds(1), default);

        Assert.True(await second.TryTakeAsync(default) > TimeSpan.FromMinutes(50));
    }

    [Fact]
    public async Task Stop_Requested_EndsWaitingAndPushesThatBeganBefore()
    {
        await using PushWorld world = await CreateAsync(server);
        var clock = new FakeTimeProvider();
        CallBucket bucket = await CallBucket.OpenAsync(world.Source, world.Tables, Portal, clock, default);
        await bucket.ObserveAsync(null, null, null, null, null, s_long, default);
        Task waiting = bucket.TakeAsync(default).AsTask();
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();

        Assert.Equal([Portal], await new PortalStore(world.Tables).StopAsync(connection, null, "Ada", default));

        await Until.TrueAsync("the waiting ends", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return waiting.IsCompleted;
        }, TestContext.Current.CancellationToken);
        Assert.StartsWith("Ada asked", (await Assert.ThrowsAsync<PushStoppedException>(() => waiting)).Message, StringComparison.Ordinal);
        await world.Database.ExecuteAsync("update staging.push_portal set pause_until = null");
        Assert.Null(await (await OpenAsync(world)).TryTakeAsync(default));
    }

    private static Task<CallBucket> OpenAsync(PushWorld world) => CallBucket.OpenAsync(world.Source, world.Tables, Portal, TimeProvider.System, default);
}
