using System.Globalization;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Decisions;
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
    private const string Noted = "select sum(length(entries)) from staging.reconciliation_hashes where state is null";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_AfterRandomChanges_LeavesWhatAWholeRunLeaves(int seed)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server, Records);
        var changes = new RandomChanges(world, new Random(seed), Records);
        await Reruns.CompleteAsync(world);
        for (int round = 0; round < 4; round++)
        {
            PipelineResult? rerun = null;
            for (int run = 0; run <= changes.Next(3); run++)
            {
                bool isAltered = await changes.MakeAsync();
                rerun = await Reruns.CompleteAsync(world);
                Assert.True(rerun.Way!.Name == RunWay.Changes, rerun.Way.Reason);
                Assert.StartsWith(isAltered ? "every record was compared" : Reruns.Level2, rerun.Way.Reason, StringComparison.Ordinal);
                Assert.InRange(rerun.Skipped, isAltered ? 0 : Records / 4, isAltered ? 0 : Records);
            }

            await Reruns.RequireEqualToAWholeRunAsync(world, rerun!);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Run_AfterRandomChangesAndForcedEnds_LeavesWhatAWholeRunLeaves(int seed)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server, Records);
        var changes = new RandomChanges(world, new Random(seed), Records);
        await Reruns.CompleteAsync(world);
        await HalfwayFault.SetAsync(world.Database);
        world.Tuning = world.Tuning with { MostMerged = 1 };
        for (int round = 0; round < 4; round++)
        {
            await changes.MakeAsync();
            await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger enable trigger halfway");
            PipelineResult broken = await world.RunAsync();
            Assert.Equal((RunOutcome.Failed, false), (broken.Outcome, broken.Resumable));
            await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger disable trigger halfway");
            await changes.MakeAsync();
            PipelineResult rerun = await Reruns.CompleteAsync(world);

            Assert.True(rerun.Way!.Name == RunWay.Changes, rerun.Way.Reason);
            await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Run_AfterRandomChangesAndDecisions_LeavesWhatAWholeRunLeaves(int seed)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server, Records);
        var random = new Random(seed);
        var changes = new RandomChanges(world, random, Records);
        var decisions = new RandomDecisions(world, random, Records);
        await Reruns.CompleteAsync(world);
        for (int round = 0; round < 4; round++)
        {
            PipelineResult? rerun = null;
            for (int run = 0; run <= changes.Next(3); run++)
            {
                await decisions.MakeAsync();
                bool isAltered = changes.Next(2) == 0 && await changes.MakeAsync();
                await decisions.MakeAsync();
                rerun = await Reruns.CompleteAsync(world);
                Assert.True(rerun.Way!.Name == RunWay.Changes, rerun.Way.Reason);
                Assert.StartsWith(isAltered ? "every record was compared" : Reruns.Level2, rerun.Way.Reason, StringComparison.Ordinal);
                Assert.InRange(rerun.Skipped, isAltered ? 0 : Records / 8, isAltered ? 0 : Records);
            }

            await Reruns.RequireEqualToAWholeRunAsync(world, rerun!);
        }

        Assert.InRange(decisions.Applied, 5, int.MaxValue);
    }

    // The same for more seeds, which take their time.
    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [InlineData(3)]
    [InlineData(4)]
    public Task Run_AfterMoreRandomChanges_LeavesWhatAWholeRunLeaves(int seed) => Run_AfterRandomChanges_LeavesWhatAWholeRunLeaves(seed);

    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [InlineData(13)]
    public Task Run_AfterMoreRandomChangesAndForcedEnds_LeavesWhatAWholeRunLeaves(int seed) => Run_AfterRandomChangesAndForcedEnds_LeavesWhatAWholeRunLeaves(seed);

    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [InlineData(23)]
    [InlineData(24)]
    public Task Run_AfterMoreRandomChangesAndDecisions_LeavesWhatAWholeRunLeaves(int seed) => Run_AfterRandomChangesAndDecisions_LeavesWhatAWholeRunLeaves(seed);

    [Fact]
    public async Task Run_AfterManyRunsOfChanges_NotesEverythingAnewAndForgetsTheirs()
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        world.Tuning = world.Tuning with { MostAdded = new RunTuning().MostAdded };
        await Reruns.CompleteAsync(world);
        long least = await world.CountAsync(Noted);
        List<string> reasons = [];
        for (int run = 0; run < 12; run++)
        {
            await world.Database.ExecuteAsync($"update hubspot.things set name = 'name of run {run}' where icalps_thing_id in ('12', '14', '16', '18')");
            PipelineResult rerun = await Reruns.CompleteAsync(world);
            Assert.Equal((RunWay.Changes, true), (rerun.Way!.Name, rerun.Written < 20));
            reasons.Add(rerun.Way.Reason);
            Assert.InRange(await world.CountAsync(Noted), 0, least * 2);
        }

        int anew = reasons.IndexOf("every record was compared: what many runs noted of the records is noted in one piece again");
        Assert.InRange(anew, 1, 11);
        Assert.All(reasons[..anew], reason => Assert.Equal(Reruns.Level2, reason));
        PipelineResult last = await Reruns.CompleteAsync(world);
        Assert.Equal(Reruns.Level2, last.Way!.Reason);
        Assert.InRange(last.Skipped, 50, 100);
        await Reruns.RequireEqualToAWholeRunAsync(world, last);
    }
}

/// <summary>Changes of a file and a mirror, one after the other.</summary>
internal sealed class RandomChanges(SmallWorld world, Random random, int records)
{
    private int _added;
    private int _definitions;

    public int Next(int below) => random.Next(below);

    /// <summary>Makes some changes.</summary>
    /// <returns>Whether the definition or a table is another one now.</returns>
    public async Task<bool> MakeAsync()
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

        switch (Next(5))
        {
            case 0:
                await ChangeDefinitionAsync();
                return true;
            case 1 when Next(2) == 0:
                await world.Database.ExecuteAsync(Next(2) == 0 ? "vacuum full hubspot.things" : "alter table hubspot.parents add column if not exists more text; grant select on hubspot.parents to public");
                return true;
            default:
                return false;
        }
    }

    // Another one each time: a mapping, a map file, a filter or how a value is compared.
    private async Task ChangeDefinitionAsync()
    {
        int number = ++_definitions;
        await File.WriteAllTextAsync(world.PathOf("map.csv"), $"from,to\nname {number},mapped {number}\nname {number + 50},\n");
        world.NameConversions = Next(3) switch
        {
            0 => """[{ "kind": "map", "values": { "name 1": "one" }, "onUnmapped": "pass" }]""",
            1 => """[{ "kind": "map-file", "path": "map.csv", "onUnmapped": "pass" }]""",
            _ => "[]",
        };
        world.Exclude = Next(2) == 0 ? "" : $$""", { "column": "Parent", "equals": "{{number}}" }""";
        world.AmountPolicy = number % 2 == 0 ? "overwrite" : "fill-blank";
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
        return string.Create(CultureInfo.InvariantCulture, $"{Next(12) switch
        {
            0 => $"delete from hubspot.things where icalps_thing_id = '{id}'",
            1 => $"insert into hubspot.things select {9_000_000_000L + Next(900_000_000)}, '{id}', 'name {other}', 1, null, false",
            2 => $"update hubspot.things set icalps_thing_id = '{other}' where icalps_thing_id = '{id}'",
            3 => $"update hubspot.things set archived = not archived where icalps_thing_id = '{id}'",
            4 => $"delete from hubspot.parents where icalps_parent_id = '{parent}'",
            5 => $"insert into hubspot.parents select {9_000_000_000L + Next(900_000_000)}, '{parent}'",
            6 => $"update hubspot.parents set icalps_parent_id = '{1 + Next(40)}' where icalps_parent_id = '{parent}'",
            7 => "vacuum (freeze) hubspot.things, hubspot.parents",
            8 => $"begin; savepoint s; update hubspot.things set name = 'sub {other}' where icalps_thing_id = '{id}'; release s; commit",
            9 => $"begin; update hubspot.things set name = 'never', icalps_thing_id = '{other}'; delete from hubspot.parents; rollback",
            _ => $"update hubspot.things set name = 'name {other}', amount = {other} where icalps_thing_id = '{id}'",
        }}");
    }
}
