using System.Text.Json;
using Npgsql;
using Recon.Postgres.Queries;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Postgres.Tests.Runs.Reruns;
using Recon.Testing;

namespace Recon.Postgres.Tests.Queries;

/// <summary>What is told of two runs is what differs between their results, as these were read when they were published.</summary>
/// <remarks>On a server of its own: a transaction of another test that was open all the while would make a run write everything.</remarks>
public sealed class RunComparisonTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Records = 60;

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "")]
    [InlineData(3, "\"claims\": \"one\",")]
    [InlineData(4, "")]
    public async Task Read_AnyTwoRunsWhoseResultsAreKnown_TellsWhatDiffers(int seed, string keys)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        world.Tuning = world.Tuning with { LeastToCompare = 0 };
        world.PipelineKeys = keys;
        var changes = new RandomChanges(world, new Random(seed), Records);
        List<Published> results = [];
        int first = 0;
        for (int run = 0; run < 9; run++)
        {
            bool isWhole = run is 0 or 5;
            Func<RunRequest, RunRequest> change = isWhole ? request => request with { Full = true }
                : run is 3 or 7 ? request => request with { Limit = Records / 2 } : request => request;
            PipelineResult result = await world.RunAsync(change);
            Assert.Null(result.Fault);
            first = isWhole || (result.Way!.Name == RunWay.Whole && run is not 3 and not 7) ? Math.Max(run - 1, 0) : first;
            results.Add(new Published(result.RunId, await ReadAsync(world)));
            await changes.MakeAsync();
        }

        for (int from = 0; from < results.Count; from++)
        {
            for (int to = from + 1; to < results.Count; to++)
            {
                if (from < first)
                {
                    await Assert.ThrowsAsync<NotComparableException>(() => CompareAsync(world, results[from].RunId, results[to].RunId));
                    continue;
                }

                Require(results[from].Rows, results[to].Rows, await CompareAsync(world, results[to].RunId, results[from].RunId));
            }
        }

        Assert.Equal(results[^2].RunId, (await CompareAsync(world, null, null)).From.RunId);
    }

    [Fact]
    public async Task Read_CausesOfOneRecordEach_AreTold()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            world.CsvPath,
            lines.Where(line => !line.StartsWith("2,", StringComparison.Ordinal) && line != " 4,other name,6.0,2024-01-01 11:04:00,4,").Select(line => line.StartsWith("8,", StringComparison.Ordinal) ? line.Replace("name 8", "another") : line).Append("999,new,1,,,"),
            TestContext.Current.CancellationToken);
        await world.Database.ExecuteAsync("update hubspot.things set name = 'moved' where icalps_thing_id = '11'; delete from hubspot.things where icalps_thing_id = '12'");
        await world.RunAsync();

        RunDifference difference = await CompareAsync(world, null, null);

        Assert.Equal(["11", "12"], difference.Causes.Single(each => each.Cause == CauseOfDifference.Hubspot).LegacyIds);
        CauseOfDifference legacy = difference.Causes.Single(each => each.Cause == CauseOfDifference.Legacy);
        Assert.Equal((4, "2"), (legacy.Count, legacy.LegacyIds[0]));
        Assert.Subset(new HashSet<string> { "2", "4", "8", "999" }, legacy.LegacyIds.ToHashSet());
        Assert.Equal(
            [("matched", null, CauseOfDifference.Legacy), (null, "unmatched", CauseOfDifference.Legacy)],
            difference.Statuses.Where(each => each.From is null || each.To is null).OrderBy(each => each.From is null).Select(each => (each.From, each.To, each.Causes.Single().Cause)));
        Assert.Equal((1, 1, 2), (difference.Added, difference.Gone, difference.WithOtherStatus));
        Assert.Equal(6, difference.Differing);
    }

    [Fact]
    public async Task Read_RecordsThatSomebodyDecided_SaysSo()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await world.RunAsync(request => request with { Full = true });
        await world.Database.ExecuteAsync(
            "update staging.things_rows set reconciliation_status = 'unmatched', match_rule = 'decision', hubspot_id = null, properties_to_update = '{}', previous_values = '{}' where legacy_id = '20'");

        RunDifference difference = await CompareAsync(world, null, null);

        StatusDifference change = Assert.Single(difference.Statuses);
        Assert.Equal(("matched", "unmatched", 1), (change.From, change.To, change.Count));
        Assert.Equal([CauseOfDifference.Decision], change.Causes.Select(each => each.Cause));
        Assert.Equal(["20"], change.Causes[0].LegacyIds);
    }

    [Fact]
    public async Task Read_AfterTheDefinitionChanged_SaysSo()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        world.NameConversions = "[\"upper\"]";
        await world.RunAsync();

        RunDifference difference = await CompareAsync(world, null, null);

        Assert.True(difference.Differing > Records / 2);
        Assert.Equal([CauseOfDifference.Definition], difference.Causes.Select(each => each.Cause));
        Assert.True(difference.Properties.Single().Added > 0);
    }

    [Fact]
    public async Task Read_NothingKept_Refuses()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        Assert.Contains("no result yet", (await Assert.ThrowsAsync<NotComparableException>(() => CompareAsync(world, null, null))).Message, StringComparison.Ordinal);
        await world.RunAsync();
        Assert.Contains("Only one run", (await Assert.ThrowsAsync<NotComparableException>(() => CompareAsync(world, null, null))).Message, StringComparison.Ordinal);
        await world.RunAsync();
        Assert.Equal(0, (await CompareAsync(world, null, null)).Differing);

        await world.ClearAsync();
        await world.RunAsync(request => request with { Limit = 10 });
        Assert.Contains("not known any more", (await Assert.ThrowsAsync<NotComparableException>(() => CompareAsync(world, null, null))).Message, StringComparison.Ordinal);
        Assert.Equal(0, await KeptAsync(world));
    }

    [Fact]
    public async Task Publish_RowsReplacedOftenEnough_ForgetsTheEarlierOnes()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        for (int run = 0; run < 5; run++)
        {
            await world.RunAsync(request => run == 0 ? request : request with { Limit = Records / 2 });
        }

        Assert.Equal(0, (await CompareAsync(world, null, null)).Differing);
        Assert.Equal(3, await world.CountAsync("select count(*) from staging.reconciliation_log where former_table is null and started_at > (select min(started_at) from staging.reconciliation_log)"));
    }

    [Fact]
    public async Task Publish_ForeignKeyToAPartitionedTable_KeepsTheFormerResult()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await world.Database.ExecuteAsync("""
            create table public.names (name text primary key) partition by range (name);
            create table public.all_names partition of public.names for values from (minvalue) to (maxvalue);
            insert into public.names select distinct legacy_name from staging.things where legacy_name is not null;
            alter table staging.things_rows add constraint named foreign key (legacy_name) references public.names
            """);
        await world.RunAsync();
        PipelineResult result = await world.RunAsync();

        Assert.Null(result.Fault);
        Assert.Equal(0, (await CompareAsync(world, null, null)).Differing);
        Assert.Equal(1, await KeptAsync(world));
    }

    [Fact]
    public async Task Publish_WholeRuns_KeepOneFormerResult()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        for (int run = 0; run < 3; run++)
        {
            await world.RunAsync();
        }

        Assert.Equal(1, await KeptAsync(world));
        world.StagingKeys = "\"keepFormer\": false";
        await world.RunAsync();
        Assert.Equal(0, await KeptAsync(world));
    }

    private static Task<long> KeptAsync(SmallWorld world)
        => world.CountAsync("select count(*) from pg_class where relname like 'things\\_\\_%' and relkind = 'r' and not relispartition");

    private static async Task<RunDifference> CompareAsync(SmallWorld world, Guid? one, Guid? other)
    {
        await using var connection = new NpgsqlConnection(world.Database.ConnectionString);
        await connection.OpenAsync();
        return await RunComparison.ReadAsync(
            connection, new StagingTables("staging"), world.Read().Definition!.Pipelines[0], one, other, int.MaxValue, TestContext.Current.CancellationToken);
    }

    private static void Require(Dictionary<string, Row> from, Dictionary<string, Row> to, RunDifference told)
    {
        string[] differing = [.. from.Keys.Union(to.Keys).Where(id => from.GetValueOrDefault(id) != to.GetValueOrDefault(id)).Order(StringComparer.Ordinal)];
        Assert.Equal(differing, told.Records.Select(record => record.LegacyId).Order(StringComparer.Ordinal));
        Assert.Equal((to.Count, differing.Length), (told.Rows, told.Differing));
        Assert.All(told.Records, record =>
        {
            Assert.Equal(from.GetValueOrDefault(record.LegacyId), Of(record.Before));
            Assert.Equal(to.GetValueOrDefault(record.LegacyId), Of(record.After));
        });
        Assert.Equal(
            differing.Select(id => (from.GetValueOrDefault(id)?.Status, to.GetValueOrDefault(id)?.Status)).Where(pair => pair.Item1 != pair.Item2).Order(),
            told.Statuses.SelectMany(each => Enumerable.Repeat((each.From, each.To), (int)each.Count)).Order());
        Assert.All(told.Statuses, each => Assert.Equal(each.Count, each.Causes.Sum(cause => cause.Count)));
        Assert.All(told.Statuses, each => Assert.Subset(
            told.Records.Where(record => (record.Before?.Status, record.After?.Status) == (each.From, each.To)).Select(record => record.LegacyId).ToHashSet(), each.LegacyIds.ToHashSet()));
        Assert.All(told.Statuses, each => Assert.All(each.Causes, cause => Assert.Equal(
            cause.Count,
            told.Records.Count(record => (record.Before?.Status, record.After?.Status, record.Cause) == (each.From, each.To, cause.Cause)))));
        foreach (PropertyDifference property in told.Properties)
        {
            (long added, long dropped, long value, long former) = (0, 0, 0, 0);
            foreach (string id in differing)
            {
                (string? was, string? now) = (Update(from, id, property.Property), Update(to, id, property.Property));
                (string? held, string? holds) = (Held(from, id, property.Property), Held(to, id, property.Property));
                added += was is null && now is not null ? 1 : 0;
                dropped += was is not null && now is null ? 1 : 0;
                value += was is not null && now is not null && was != now ? 1 : 0;
                former += was is not null && was == now && held != holds ? 1 : 0;
            }

            Assert.Equal((added, dropped, value, former), (property.Added, property.Dropped, property.OtherValue, property.OtherFormer));
        }

        Assert.Equal(differing.Length, told.Causes.Sum(each => each.Count));
    }

    private static string? Update(Dictionary<string, Row> rows, string id, string property) => Value(rows.GetValueOrDefault(id)?.Updates, property);

    private static string? Held(Dictionary<string, Row> rows, string id, string property) => Value(rows.GetValueOrDefault(id)?.Previous, property);

    private static string? Value(string? json, string property)
        => json is not null && JsonDocument.Parse(json).RootElement.TryGetProperty(property, out JsonElement value) ? value.GetRawText() : null;

    private static Row? Of(RecordOutcome? outcome) => outcome is null ? null : new Row(
        outcome.Status, outcome.HubspotId, Sorted(outcome.Updates), Sorted(outcome.Previous));

    private static string Sorted(IReadOnlyDictionary<string, string?> values)
        => JsonSerializer.Serialize(new SortedDictionary<string, string?>(values.ToDictionary(), StringComparer.Ordinal));

    private static async Task<Dictionary<string, Row>> ReadAsync(SmallWorld world)
    {
        Dictionary<string, Row> rows = [];
        await using var connection = new NpgsqlConnection(world.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select legacy_id, reconciliation_status, hubspot_id, properties_to_update::text, previous_values::text from staging.things", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0), new Row(reader.GetString(1), reader[2] as long?, Sorted(Values(reader.GetString(3))), Sorted(Values(reader.GetString(4)))));
        }

        return rows;

        static Dictionary<string, string?> Values(string json) => JsonSerializer.Deserialize<Dictionary<string, string?>>(json)!;
    }

    private sealed record Row(string Status, long? HubspotId, string Updates, string Previous);

    private sealed record Published(Guid RunId, Dictionary<string, Row> Rows);
}
