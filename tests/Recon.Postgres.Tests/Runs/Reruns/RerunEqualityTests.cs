using System.Globalization;
using Recon.Dataflow.Batches;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Reruns;

/// <summary>
/// After random changes of file, mirror and definition, runs that write only what differs leave what a whole run leaves: the same
/// rows, rejects and counts.
/// </summary>
/// <remarks>On a server of its own: a transaction of another test that was open all the while would make a run write everything.</remarks>
public sealed class RerunEqualityTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Records = 120;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Run_AfterRandomChanges_LeavesWhatAWholeRunLeaves(int seed)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        world.Tuning = world.Tuning with { LeastToCompare = 0 };
        var changes = new RandomChanges(world, new Random(seed), Records);
        await CompleteAsync(world);
        for (int round = 0; round < 4; round++)
        {
            for (int run = 0; run <= changes.Next(3); run++)
            {
                await changes.MakeAsync();
                PipelineResult rerun = await CompleteAsync(world);
                Assert.True(rerun.Way!.Name == RunWay.Changes, rerun.Way.Reason);
            }

            string counts = await CountsAsync(world);
            string content = await world.ContentAsync();
            string rejects = await world.RejectsAsync();
            PipelineResult whole = await CompleteAsync(world, request => request with { Full = true });

            Assert.Equal(RunWay.Whole, whole.Way!.Name);
            Assert.Equal(await world.ContentAsync(), content);
            Assert.Equal(await world.RejectsAsync(), rejects);
            Assert.Equal(await CountsAsync(world), counts);
        }
    }

    private static async Task<PipelineResult> CompleteAsync(SmallWorld world, Func<RunRequest, RunRequest>? change = null)
    {
        PipelineResult result = await world.RunAsync(change);
        Assert.Null(result.Fault);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        return result;
    }

    // Samples are those of the records that were compared.
    private static async Task<string> CountsAsync(SmallWorld world)
    {
        BatchCounts logged = CountsJson.Read((await world.Database.QueryValueAsync<string>(
            "select details::text from staging.reconciliation_log order by started_at desc limit 1"))!);
        var counts = new BatchCounts
        {
            ByFilter = logged.ByFilter,
            ByReason = logged.ByReason,
            PropertyChanges = logged.PropertyChanges,
            Suppressed = logged.Suppressed,
            KeptBack = logged.KeptBack,
            Remarks = logged.Remarks,
            ConvertedValues = logged.ConvertedValues,
            ParentIds = logged.ParentIds,
            Damage = logged.Damage,
            Read = logged.Read,
            Matched = logged.Matched,
            Unmatched = logged.Unmatched,
            Ambiguous = logged.Ambiguous,
            Conflict = logged.Conflict,
            Folded = logged.Folded,
            Filtered = logged.Filtered,
            Rejected = logged.Rejected,
            WithChanges = logged.WithChanges,
        };
        foreach (Dictionary<RejectedValue, long> values in (Dictionary<RejectedValue, long>[])[logged.RejectedValues, logged.UnresolvedParents])
        {
            foreach ((RejectedValue value, long count) in values)
            {
                BatchCounts.Increment(counts.RejectedValues, value with { Sample = null }, count);
            }
        }

        return CountsJson.Write(counts);
    }
}

/// <summary>Changes of a file and a mirror, one after the other.</summary>
internal sealed class RandomChanges(SmallWorld world, Random random, int records)
{
    private int _added;

    public int Next(int below) => random.Next(below);

    /// <summary>Makes some changes.</summary>
    public async Task MakeAsync()
    {
        List<string> lines = [.. await File.ReadAllLinesAsync(world.CsvPath)];
        for (int change = 0; change <= Next(8); change++)
        {
            int line = 1 + Next(lines.Count - 1);
            string[] fields = lines[line].Split(',');
            switch (Next(9))
            {
                case 0:
                    lines.RemoveAt(line);
                    break;
                case 1:
                    // A record that was the only one of its id is not any more, with the same or another content.
                    lines.Insert(1 + Next(lines.Count), Next(2) == 0 ? lines[line] : Set(fields, 1, $"other {Next(100)}"));
                    break;
                case 2:
                    (lines[line], lines[^1]) = (lines[^1], lines[line]);
                    break;
                case 3:
                    lines.Add(string.Create(CultureInfo.InvariantCulture, $"{records + ++_added},name {_added},1.5,,{Next(40)},"));
                    break;
                case 4:
                    lines[line] = Set(fields, 4, Next(40).ToString(CultureInfo.InvariantCulture));
                    break;
                case 5:
                    lines[line] = Set(fields, 5, Next(2) == 0 ? "1" : "");
                    break;
                case 6:
                    lines[line] = Set(fields, 2, Next(2) == 0 ? "much" : "17");
                    break;
                default:
                    lines[line] = Set(fields, 1, $"name {Next(100)}");
                    break;
            }
        }

        await File.WriteAllLinesAsync(world.CsvPath, lines);
        for (int change = Next(6); change > 0; change--)
        {
            await world.Database.ExecuteAsync(Mirror());
        }
    }

    private static string Set(string[] fields, int field, string value)
    {
        string[] copy = [.. fields];
        if (field < copy.Length)
        {
            copy[field] = value;
        }

        return string.Join(',', copy);
    }

    private string Mirror()
    {
        int id = 1 + Next(records);
        int other = 1 + Next(records);
        int parent = 1 + Next(30);
        return string.Create(CultureInfo.InvariantCulture, $"{Next(11) switch
        {
            0 => $"delete from hubspot.things where icalps_thing_id = '{id}'",
            1 => $"insert into hubspot.things select {9_000_000_000L + Next(900_000_000)}, '{id}', 'name {other}', 1, null, false",
            2 => $"update hubspot.things set icalps_thing_id = '{other}' where icalps_thing_id = '{id}'",
            3 => $"update hubspot.things set archived = not archived where icalps_thing_id = '{id}'",
            4 => $"delete from hubspot.parents where icalps_parent_id = '{parent}'",
            5 => $"insert into hubspot.parents select {9_000_000_000L + Next(900_000_000)}, '{parent}'",
            6 => $"update hubspot.parents set icalps_parent_id = '{1 + Next(40)}' where icalps_parent_id = '{parent}'",
            7 => "vacuum full hubspot.things",
            8 => $"begin; savepoint s; update hubspot.things set name = 'sub {other}' where icalps_thing_id = '{id}'; release s; commit",
            _ => $"update hubspot.things set name = 'name {other}', amount = {other} where icalps_thing_id = '{id}'",
        }}");
    }
}
