using Npgsql;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Testing;
using static Recon.Postgres.Tests.Push.PushWorld;

namespace Recon.Postgres.Tests.Push;

/// <summary>A plan is written whole or not at all, in batches of one object type, and no HubSpot record is in it twice.</summary>
public sealed class PlanWriterTests(PostgresServer server)
{
    [Fact]
    public async Task Items_OfTwoTypes_AreNumberedInBatchesOfAHundred()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([.. Enumerable.Range(1, 250).Select(id => Item(id)), .. Enumerable.Range(1, 3).Select(id => Item(id, "deals"))]);

        List<PushItem> items = await world.ItemsAsync(plan);

        Assert.Equal(Enumerable.Range(1, 253).Select(no => (long)no), items.Select(item => item.No));
        Assert.Equal([(1L, 100), (2, 100), (3, 50), (4, 3)], items.GroupBy(item => item.Batch).Select(batch => (batch.Key, batch.Count())));
        Assert.All(items.GroupBy(item => item.Batch), batch => Assert.Single(batch.Select(item => item.Planned.ObjectType).Distinct()));
        Assert.Equal(items.Take(250).Select(item => item.Planned.LegacyId).Order(StringComparer.Ordinal), items.Take(250).Select(item => item.Planned.LegacyId));
    }

    [Fact]
    public async Task Record_ThatTwoItemsClaim_IsTakenOutAndNamed()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync(
            [Item(1), Item(2), Item(3) with { HubspotId = 1001, Pipeline = "suppliers" }, Item(1, "deals")],
            [new("companies", "parent", "companies", 1001, "companies", 1002, "1")]);

        Assert.Equal(["2", "1"], (await world.ItemsAsync(plan)).Select(item => item.Planned.LegacyId));
        Assert.Equal(2, world.ClashedItems);
        Clash clash = Assert.Single(world.Clashes);
        Assert.Equal(("companies", 1001L), (clash.ObjectType, clash.HubspotId));
        Assert.Equal(["companies 1", "suppliers 3"], clash.Claims);
        Assert.Equal(0, world.LinksPlanned);
    }

    [Fact]
    public async Task Clash_BeyondTheLimit_IsFound()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1), Item(2), Item(3) with { HubspotId = 1001 }], limit: 1);

        Assert.Equal("2", Assert.Single(await world.ItemsAsync(plan)).Planned.LegacyId);
    }

    [Fact]
    public async Task Values_OfAllKinds_ComeBackAsTheyWere()
    {
        await using PushWorld world = await CreateAsync(server);
        PlannedItem item = Item(1) with
        {
            Properties = new Dictionary<string, string> { ["a\"b"] = "", ["note"] = "line\nÉ 🙂 <b>\\", ["n"] = "17" },
            Before = new Dictionary<string, string?> { ["a\"b"] = "x", ["note"] = null, ["n"] = "" },
        };
        PushItem read = Assert.Single(await world.ItemsAsync(await world.PlanAsync([item])));

        Assert.Equivalent(item, read.Planned, strict: true);
        Assert.Equal(PushState.Planned, read.State);
        Assert.Null(read.Sent);
    }

    [Fact]
    public async Task Writer_NotCompleted_LeavesNothing()
    {
        await using PushWorld world = await CreateAsync(server);
        await using (PlanWriter writer = await PlanWriter.BeginAsync(world.Source, world.Tables, Guid.CreateVersion7(), default))
        {
            await writer.AddItemsAsync(0, new[] { Item(1) }.ToAsyncEnumerable(), default);
            await writer.SettleItemsAsync(null, default);
        }

        Assert.Equal(0, await world.Database.QueryValueAsync<long>("select count(*) from staging.push_item"));
    }

    [Fact]
    public async Task Links_RepeatedOrWrittenBefore_AreLeftOut()
    {
        await using PushWorld world = await CreateAsync(server);
        PlannedLink[] links = [.. Enumerable.Range(1, 150).Select(id => new PlannedLink("contacts", "company", "contacts", id, "companies", 9, $"{id}"))];
        PushPlan first = await world.PlanAsync([], [.. links, .. links.Take(10)]);
        Assert.Equal((150, 0), (world.LinksPlanned, world.LinksWritten));
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        IReadOnlyList<PushLink> batch = await world.Links.NextAsync(connection, first.Id, 0, [PushState.Planned], default);
        Assert.Equal(100, batch.Count);
        Assert.Equal(100, await world.Links.JudgeAsync(connection, first.Id, [.. batch.Select(link => new LinkVerdict(link.No, PushState.Written))], default));

        PushPlan second = await world.PlanAsync([], links);

        Assert.Equal((50, 100), (world.LinksPlanned, world.LinksWritten));
        Assert.Equal(50, (await world.Links.AllAsync(connection, second.Id, default).ToListAsync()).Select(link => link.Planned.FromId).Except(batch.Select(link => link.Planned.FromId)).Count());
        Assert.Equal([(PushState.Planned, 50), (PushState.Written, 100)], await world.Links.CountAsync(connection, first.Id, default));
    }

    [Fact]
    public async Task Plan_ByAPartOfItsId_IsFound()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan first = await world.PlanAsync([Item(1)]);
        PushPlan second = await world.PlanAsync([Item(1), Item(1, "deals")]);
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();

        Assert.Equal(second.Id, (await world.Reader.FindAsync(connection, null, default)).Id);
        Assert.Equal(first.Id, (await world.Reader.FindAsync(connection, first.Id.ToString()[^6..].ToUpperInvariant(), default)).Id);
        Assert.Equal(["companies", "deals"], (await world.Reader.FindAsync(connection, second.Id.ToString("N"), default)).Parts.Select(part => part.Pipeline));
        Assert.Contains("recon plan --list", (await Assert.ThrowsAsync<StagingException>(() => world.Reader.FindAsync(connection, "zz", default))).Message, StringComparison.Ordinal);
        Assert.Contains("2 plans", (await Assert.ThrowsAsync<StagingException>(() => world.Reader.FindAsync(connection, "hash of", default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_OfPlans_OutliveASchemaMadeAgain()
    {
        await using PushWorld world = await CreateAsync(server);
        PushPlan plan = await world.PlanAsync([Item(1)]);
        await world.Database.ExecuteAsync("drop table staging.push_portal");
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();

        await new StagingSchema(world.Tables).CreateAsync(connection, [], default);

        Assert.Single(await world.ItemsAsync(plan));
        Assert.Equal(0, await world.Database.QueryValueAsync<long>("select count(*) from staging.push_portal"));
    }

    [Fact]
    public async Task Plan_OfAResultOfSeveralRuns_KeepsThemAll()
    {
        await using PushWorld world = await CreateAsync(server);
        Guid[] runs = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        await using (PlanWriter writer = await PlanWriter.BeginAsync(world.Source, world.Tables, Guid.CreateVersion7(), default))
        {
            await writer.CompleteAsync(
                new PushPlan(writer.PlanId, 7, "hash", "Ada", default, PlanState.Planned, [new PlanPart("companies", runs[0], 0, 0, [], "{}", "[]") { Runs = runs }]), default);
        }

        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        Assert.Equal(runs, (await world.Reader.FindAsync(connection, null, default)).Parts[0].Runs);
    }

    [Fact]
    public async Task Outcomes_OfARecord_AreFoundByIndexInBothTables()
    {
        await using PushWorld world = await CreateAsync(server);

        Assert.Equal(
            ["push_item", "push_link"],
            (await world.Database.QueryValueAsync<string[]>("select array_agg(tablename::text order by 1) from pg_indexes where schemaname = 'staging' and indexdef like '%(legacy_id, pipeline)'"))!);
    }
}
