using System.Globalization;
using CsCheck;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Breakage;
using Recon.Testing;

namespace Recon.Postgres.Tests.Claims;

/// <summary>Whatever the keys, the batches, the parallelism and the kills: no two matched rows share a HubSpot record.</summary>
public sealed class ClaimPropertyTests(PostgresServer server)
{
    private static readonly Gen<string> s_key = Gen.Int[0, 12].Select(key => key == 0 ? "" : key.ToString(CultureInfo.InvariantCulture));

    private static readonly Gen<Case> s_cases = Gen.Select(
        Gen.Select(s_key, s_key, s_key).Array[5, 20],
        Gen.Select(Gen.Int[1, 25], s_key, s_key).Array[10, 40],
        Gen.Int[1, 9],
        Gen.Int[1, 3],
        Gen.Int[20, 260],
        Gen.Int[1, 25].Array[1, 6],
        (things, records, rows, parallelism, cut, ids) => new Case(things, records, rows, parallelism, cut, ids));

    [Fact]
    public async Task Run_RandomKeysBatchesAndKills_NoHubspotRecordIsMatchedTwice()
        => await s_cases.SampleAsync(RequireAsync, iter: 12, threads: 1);

    private async Task RequireAsync(Case random)
    {
        IEnumerable<string> things = random.Things.Select((thing, index) => string.Create(
            CultureInfo.InvariantCulture, $"({1000 + index}, {Key(index % 3 == 0 ? thing.Legacy : "")}, {Key(thing.Email)}, {Key(thing.Phone)}, 'n')"));
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, "values " + string.Join(",", things));

        // The id column holds each id once, but by no index, so that twins by id are possible, too.
        await world.Database.ExecuteAsync("alter table hubspot.things drop constraint things_pkey; update hubspot.things set hs_object_id = hs_object_id - 1 where hs_object_id % 7 = 1");
        (int Id, string Email, string Phone)[] records = [.. random.Records.DistinctBy(record => record.Id)];
        await world.WriteAsync([.. records.Chunk(15).Select(
            chunk => ClaimTests.Lines(chunk.Length, i => $"{chunk[i].Id},{chunk[i].Email},{chunk[i].Phone},n"))]);
        await world.CompleteAsync();
        string expected = await world.ContentAsync();
        Assert.Equal(0, await world.DoublesAsync());

        (world.BatchRows, world.Parallelism) = (random.BatchRows, random.Parallelism);
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        proxy.Arm(new FaultPlan { CutAtMessage = random.Cut });
        (world.ConnectionString, world.Tuning) = (proxy.ConnectionString, Golden.NoRetries);
        try
        {
            await world.RunAsync();
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Golden.RequireUnderstood(exception, $"cut at {random.Cut}");
        }

        (world.ConnectionString, world.Tuning) = (null, new RunTuning());
        await world.CompleteAsync(request => request with { Resume = true });
        Assert.Equal(expected, await world.ContentAsync());

        // Parts that are run again change nothing: every claim meets the others, those that lost among them.
        await world.RunIdsAsync([.. random.Ids.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        Assert.Equal(0, await world.DoublesAsync());
        Assert.Equal(expected, await world.ContentAsync());
    }

    private static string Key(string key) => key.Length == 0 ? "null" : $"'{key}'";

    private sealed record Case(
        (string Legacy, string Email, string Phone)[] Things,
        (int Id, string Email, string Phone)[] Records,
        int BatchRows,
        int Parallelism,
        int Cut,
        int[] Ids);
}
