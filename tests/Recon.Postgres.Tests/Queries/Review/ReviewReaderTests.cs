using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Queries.Review;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Queries.Review;

/// <summary>What the page counts and lists is what the rows say.</summary>
public sealed class ReviewReaderTests(PostgresServer server)
{
    private const int Records = 200;
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Facets_OfEveryPairOfValues_CountWhatIsListed()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);

        FacetCounts all = await reader.FacetsAsync(ReviewFilter.All, Token);

        Assert.Equal(await world.CountAsync("select read - folded from staging.reconciliation_log"), all.All);
        Assert.Equal(all.All, all.Records);
        Assert.Equal(
            ["matched", "unmatched", "ambiguous", "conflict", "rejected", "filtered"],
            all.Facets.Single(each => each.Facet == ReviewFacet.Status).Values.Select(value => value.Value));
        foreach (FacetValues facet in all.Facets)
        {
            foreach (FacetValue value in facet.Values)
            {
                ReviewFilter one = ReviewFilter.All.With(facet.Facet, value.Value);
                FacetCounts counts = await reader.FacetsAsync(one, Token);
                Assert.Equal(value.Records, counts.Records);
                Assert.Equal(value.Records, await ListedAsync(reader, one, counts.Records));
                foreach (FacetValues second in counts.Facets.Where(each => each.Facet != facet.Facet))
                {
                    foreach (FacetValue other in second.Values)
                    {
                        ReviewFilter both = one.With(second.Facet, other.Value);
                        Assert.Equal(other.Records, (await reader.FacetsAsync(both, Token)).Records);
                        Assert.Equal(other.Records, await ListedAsync(reader, both, other.Records));
                    }
                }
            }
        }
    }

    [Fact]
    public async Task Questions_MoreThanThereAreConnections_WaitForOneCountAndLeaveRoomForOthers()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);
        await using var locking = new NpgsqlConnection(world.Database.ConnectionString);
        await locking.OpenAsync(Token);
        await using NpgsqlTransaction held = await locking.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand("lock table staging.things in access exclusive mode", locking, held))
        {
            await command.ExecuteNonQueryAsync(Token);
        }

        Task<FacetCounts>[] waiting = [.. Enumerable.Range(0, 20).Select(_ => reader.FacetsAsync(ReviewFilter.All, Token))];
        Assert.NotNull(await reader.PublishedAsync(Token));
        Assert.DoesNotContain(waiting, each => each.IsCompleted);
        await held.RollbackAsync(Token);

        FacetCounts[] counted = await Task.WhenAll(waiting);
        Assert.Single(counted.Select(each => each.CountedAt).Distinct());
    }

    [Fact]
    public async Task RareRecords_OfManyWithTheSameText_AreCountedAndComeInOneOrderHoweverManyAreAskedFor()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await world.Database.ExecuteAsync("""
            insert into staging.things_rows select r.*
            from (select * from staging.things_rows where legacy_id = '12') t, generate_series(1, 60000) i,
                lateral jsonb_populate_record(null::staging.things_rows, to_jsonb(t) || jsonb_build_object(
                    'legacy_id', case when i % 3000 = 0 then (case when i % 6000 = 0 then 'a' else 'B' end) else 'm' end || i,
                    'match_rule', case when i % 3000 = 0 then 'rare' else 'common' end)) r;
            """);
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);
        string[] expected = (await world.Database.QueryValueAsync<string[]>("select array_agg(legacy_id order by legacy_id) from staging.things where match_rule = 'rare'"))!;

        foreach (ReviewFilter filter in (ReviewFilter[])[new() { Rule = "rare" }, new() { Rule = "rare", Text = "name 12" }])
        {
            FacetCounts counts = await reader.FacetsAsync(filter, Token);
            Assert.Equal((expected.Length, false), (counts.Records, counts.IsCapped));
            foreach (int size in (int[])[1, 7, 25])
            {
                List<string> listed = [];
                for (string? after = null; listed.Count < expected.Length; after = listed[^1])
                {
                    ReviewPage page = await reader.PageAsync(filter, after, size, Token);
                    Assert.Equal(listed.Count + page.Rows.Count < expected.Length, page.Next is not null);
                    listed.AddRange(page.Rows.Select(row => row.LegacyId!));
                }

                Assert.Equal(expected, listed);
            }
        }

        Assert.True((await reader.FacetsAsync(new ReviewFilter { Text = "name 12" }, Token)).IsCapped);
    }

    [Fact]
    public async Task Rejects_ThatHoldAText_AreCountedAsTheyAreListed()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);
        string raw = (await world.Database.QueryValueAsync<string>("select raw_record from staging.reconciliation_rejects limit 1"))!;
        var filter = new ReviewFilter { Status = "rejected", Text = raw };

        Assert.Equal(await ListedAsync(reader, filter, -1), (await reader.FacetsAsync(filter, Token)).Records);
        Assert.NotEqual(0, (await reader.FacetsAsync(filter, Token)).Records);
    }

    [Fact]
    public async Task Question_ThatTakesTooLong_IsEndedByTheServer()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(
            world.Database.ConnectionString, new DataSourceOptions { ReviewTimeout = TimeSpan.FromMilliseconds(300) });

        await using NpgsqlConnection connection = await sources.Review.OpenConnectionAsync(Token);
        await using var asking = new NpgsqlCommand("select pg_sleep(60)", connection);

        Assert.True(PostgresFaults.IsEnded(await Assert.ThrowsAsync<PostgresException>(() => asking.ExecuteNonQueryAsync(Token))));
    }

    [Fact]
    public async Task Page_ById_ByHubspotId_ByText_FindsIt()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);

        Assert.Equal(["12"], Ids(await reader.PageAsync(new ReviewFilter { Text = " 12.0 " }, null, 10, Token)));
        Assert.Equal(["12"], Ids(await reader.PageAsync(new ReviewFilter { Text = "5000000012" }, null, 10, Token)));
        Assert.Equal(["12", "120", "121"], Ids(await reader.PageAsync(new ReviewFilter { Text = "NAME 12" }, null, 3, Token)));
        Assert.Empty(Ids(await reader.PageAsync(new ReviewFilter { Text = "name%12" }, null, 3, Token)));
        Assert.Empty(Ids(await reader.PageAsync(new ReviewFilter { Text = "'; drop schema staging cascade; --" }, null, 3, Token)));
        FacetCounts found = await reader.FacetsAsync(new ReviewFilter { Text = "name 12", Status = "unmatched" }, Token);
        Assert.Equal(["127"], Ids(await reader.PageAsync(new ReviewFilter { Text = "name 12", Status = "unmatched" }, null, 10, Token)));
        Assert.Equal(1, found.Records);
    }

    [Fact]
    public async Task Record_Changed_HasBothSidesAndTheResult()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);

        ReviewedRecord record = (await reader.RecordAsync("12", Token))!;

        ReviewedProperty name = record.Properties.Single(property => property.Property == "name");
        Assert.Equal(("name 12", "old name 12", "name 12", true, false), (name.Legacy, name.Hubspot, name.Result, name.IsChange, name.HasMoved));
        ReviewedProperty amount = record.Properties.Single(property => property.Property == "amount");
        Assert.Equal(("18.0", null, "18", true, false), (amount.Legacy, amount.Hubspot, amount.Result, amount.IsChange, amount.HasMoved));
        ReviewedProperty seen = record.Properties.Single(property => property.Property == "seen");
        Assert.Equal((false, false), (seen.IsChange, seen.HasMoved));
        Assert.Equal(("parent", "12", 8000000012L), (record.Parents.Single().Lookup, record.Parents.Single().LegacyId, record.Parents.Single().HubspotId));
        Assert.Contains(KeyValuePair.Create("Name", (string?)"name 12"), record.Raw);

        await world.Database.ExecuteAsync("update hubspot.things set name = 'moved' where icalps_thing_id = '12'");
        Assert.True((await reader.RecordAsync("12", Token))!.Properties[0].HasMoved);
        await world.Database.ExecuteAsync("delete from hubspot.things where icalps_thing_id = '12'");
        Assert.True((await reader.RecordAsync("12", Token))!.MirrorMissing);
        Assert.Null(await reader.RecordAsync("no such", Token));
    }

    [Fact]
    public async Task Candidates_OfAnAmbiguousRecord_AgreeAndDifferByMeaning()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.Database.ExecuteAsync("update hubspot.things set amount = 45, name = 'name 30' where hs_object_id = 6000000030");
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);

        IReadOnlyList<ReviewCandidate> candidates = (await reader.CompareAsync(["30"], null, Token)).Single().Candidates;

        Assert.Equal([5000000030, 6000000030], candidates.Select(candidate => candidate.HubspotId));
        Assert.Equal(
            [("name", CandidateStanding.Differs, true), ("amount", CandidateStanding.Agrees, false), ("seen", CandidateStanding.Agrees, true)],
            candidates[0].Properties.Select(property => (property.Property, property.Standing, property.Tells)));
        Assert.Equal(
            [("name", CandidateStanding.Agrees, true), ("amount", CandidateStanding.Agrees, false), ("seen", CandidateStanding.HubspotEmpty, true)],
            candidates[1].Properties.Select(property => (property.Property, property.Standing, property.Tells)));
        Assert.NotEqual(candidates[0].Hash, candidates[1].Hash);

        await world.Database.ExecuteAsync("delete from hubspot.things where hs_object_id = 6000000030");
        IReadOnlyList<ReviewCandidate> left = (await reader.CompareAsync(["30"], null, Token)).Single().Candidates;
        Assert.Equal([false, true], left.Select(candidate => candidate.IsMissing));
    }

    [Fact]
    public async Task Conflict_RowsOfTheFile_AreReadAgain_WithTheColumnsThatDiffer()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);
        string?[] conflicts = Ids(await reader.PageAsync(new ReviewFilter { Status = "conflict" }, null, 50, Token));

        Assert.Equal(Records / 20, conflicts.Length);
        foreach (string? id in conflicts)
        {
            SourceRowSet rows = await reader.ConflictAsync(id!, Token);
            Assert.Null(rows.WhyNone);
            Assert.Equal(["Name"], rows.Differing);
            Assert.Equal([$"name {id}", "other name"], rows.Rows.Select(row => row.Cells.Single(cell => cell.Key == "Name").Value));
            Assert.Equal(rows.Rows[0].Line + 1, rows.Rows[1].Line);
        }

        await File.AppendAllTextAsync(world.CsvPath, "9999,new,1,,,\n", Token);
        using ReviewReader other = Reader(world, sources);
        Assert.Contains("not the one any more", (await other.ConflictAsync("4", Token)).WhyNone, StringComparison.Ordinal);
        File.Delete(world.CsvPath);
        using ReviewReader third = Reader(world, sources);
        Assert.Contains("no file", (await third.ConflictAsync("4", Token)).WhyNone, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_ItsLineOfTheFile_IsReadFromItsBatch()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        using ReviewReader reader = Reader(world, sources);
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath, Token);

        foreach (string id in (string[])["2", "23", "118", "198", "200"])
        {
            ReviewedRecord record = (await reader.RecordAsync(id, Token))!;
            Assert.Equal(lines[record.Row.SourceLine!.Value - 1], string.Join(',', record.Source!.Cells.Select(cell => cell.Value)));
        }

        File.Delete(world.CsvPath);
        Assert.Null((await reader.RecordAsync("2", Token))!.Source);
    }

    // Counts by turning pages of five; those that are not listed are told.
    private static async Task<long> ListedAsync(ReviewReader reader, ReviewFilter filter, long counted)
    {
        long rows = 0;
        string? next = null;
        do
        {
            ReviewPage page = await reader.PageAsync(filter, next, 5, Token);
            if (page.NotListed is not null)
            {
                return counted;
            }

            rows += page.Rows.Count;
            next = page.Next;
        }
        while (next is not null);

        return rows;
    }

    private static string?[] Ids(ReviewPage page) => [.. page.Rows.Select(row => row.LegacyId)];

    private static ReconDataSources Sources(SmallWorld world)
        => ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());

    private static ReviewReader Reader(SmallWorld world, ReconDataSources sources)
    {
        RunRequest request = RunRequest.Of(world.Read()) with { BaseDirectory = Path.GetDirectoryName(world.CsvPath)! };
        return new ReviewReader(new RunContext(sources, request, request.Definition.Pipelines[0]));
    }
}
