using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Recon.Dataflow;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>What a program that uses recon as a library gives and takes: sources, lookups, sinks, results, progress.</summary>
public sealed class HostingProgramTests(PostgresServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-hosting-").FullName;

    [Fact]
    public async Task Run_EverythingOfTheProgramsOwn_NeedsNoServer()
    {
        var sink = new Sink();
        await using Reconciliation recon = await OpenAsync(
            connection: null, sources: Source([["1", "Ada"], ["2", "Bob"], ["3", "Cid"], ["", "nobody"]]), sinks: sink, lookups: Found());

        PipelineResult result = await recon.RunAsync("things");

        Assert.Equal((RunOutcome.Completed, null), (result.Outcome, result.Fault));
        Assert.Equal((4, 1, 1, 1, 1), (
            result.Counts.Read, result.Counts.Matched, result.Counts.Ambiguous, result.Counts.Unmatched, result.Counts.Rejected));
        Assert.Equal(
            ["1 matched 71 name=Ada was=Adam", "2 ambiguous  ", "3 unmatched  "],
            sink.Records.OrderBy(record => record.LegacyId).Select(record =>
                $"{record.LegacyId} {record.Status} {record.HubspotId}{string.Concat(record.Updates.Select(pair => $" {pair.Key}={pair.Value}"))}"
                + $" {string.Concat(record.Previous.Select(pair => $"was={pair.Value}"))}"));
        Assert.Contains("71", sink.Records.Single(record => record.Status == "ambiguous").Notes!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Run_OwnSink_GetsEachRecordOnceWhateverTheBatches(int rows)
    {
        string?[][] records = [.. Enumerable.Range(1, 500).Select(id => new[] { $"{id}", (string?)$"N{id}" })];
        var sink = new Sink();
        await using Reconciliation recon = await OpenAsync(null, Source(records), sink, Found(), rows);

        PipelineResult result = await recon.RunAsync("things");

        Assert.Equal(500, result.Counts.Staged);
        Assert.Equal(records.Select(record => record[0]), sink.Records.Select(record => record.LegacyId).OrderBy(int.Parse));
        Assert.Equal(Enumerable.Range(1, sink.Batches.Count).Select(number => (long)number), sink.Batches.Order());
    }

    [Fact]
    public async Task Run_OwnSourceAndLookup_AreStagedPublishedAndReadBack()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using Reconciliation recon = await OpenAsync(
            database.ConnectionString, Source([["1", "Ada"], ["3", "Cid"]]), sinks: null, lookups: Found());

        PipelineResult result = await recon.RunAsync("things");
        List<ReconciledRecord> changes = await recon.ReadChangesAsync("things").ToListAsync(TestContext.Current.CancellationToken);
        List<ReconciledRecord> unmatched = await recon.ReadChangesAsync("things", "unmatched").ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal((RunOutcome.Completed, null), (result.Outcome, result.Fault));
        ReconciledRecord change = Assert.Single(changes);
        Assert.Equal(("1", 71, "matched", 100m), (change.LegacyId, change.HubspotId, change.Status, change.Confidence));
        Assert.Equal(("Ada", "Adam"), (change.Updates["name"], change.Previous["name"]));
        Assert.Equal("3", Assert.Single(unmatched).LegacyId);
    }

    [Fact]
    public async Task Run_OwnSource_CannotBeResumedAndLeavesNothing()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        string?[][] many = [.. Enumerable.Range(1, 100_000).Select(id => new[] { $"{id}", (string?)"Ada" })];
        IRecordSource broken = new Source(many) { Failure = new TimeoutException("the service is away") };
        await using Reconciliation recon = await OpenAsync(database.ConnectionString, broken, sinks: null, lookups: Found(), rows: 5_000);

        PipelineResult result = await recon.RunAsync("things");

        Assert.Equal((RunOutcome.Failed, false), (result.Outcome, result.Resumable));
        Assert.Contains("the service is away", result.Fault!.Message, StringComparison.Ordinal);
        Assert.Empty(await recon.ReadChangesAsync("things").ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Run_OwnSinkThrows_FailsWithItsBlockAndBatch()
    {
        var sink = new Sink { Failure = new InvalidOperationException("disk full") };
        await using Reconciliation recon = await OpenAsync(null, Source([["1", "Ada"]]), sink, Found());

        PipelineResult result = await recon.RunAsync("things");

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Equal("stage", Assert.IsType<GraphFaultException>(result.Fault).Block);
    }

    [Fact]
    public async Task Run_OwnLookupAnswersAnotherKey_FailsAndSaysWhatToDo()
    {
        await using Reconciliation recon = await OpenAsync(null, Source([["1", "Ada"]]), new Sink(), new Lookup(_ => [new("01", 5, Nothing)]));

        PipelineResult result = await recon.RunAsync("things");

        Assert.Contains("exactly the key that was requested", result.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OwnLookupFindsARecordTwice_IsNotAmbiguousWithItself()
    {
        var sink = new Sink();
        await using Reconciliation recon = await OpenAsync(
            null, Source([["1", "Ada"]]), sink, new Lookup(_ => [new("1", 71, Nothing), new("1", 71, Nothing)]));

        await recon.RunAsync("things");

        Assert.Equal(("matched", 71), (sink.Records.Single().Status, sink.Records.Single().HubspotId));
    }

    [Fact]
    public async Task Run_Progress_TellsBlocksAndCounts()
    {
        List<RunState> states = [];
        await using Reconciliation recon = await OpenAsync(
            null, Source([["1", "Ada"], ["3", "Cid"]]), new Sink(), Found(), onProgress: (_, state) => states.Add(state));

        await recon.RunAsync("things");

        Assert.Equal((2, 1, 1), (states[^1].Counts.Read, states[^1].Counts.Matched, states[^1].Counts.Unmatched));
        Assert.Equal(["csv", "batch", "lookup", "diff", "stage"], states[^1].Blocks.Select(block => block.Kind));
    }

    [Fact]
    public async Task Run_OwnSinkAndManyRejects_AreAboveTheLimitUnlessAllIsWanted()
    {
        await using Reconciliation recon = await OpenAsync(null, Source([["1", "Ada"], ["", "x"], ["", "y"]]), new Sink(), Found());

        PipelineResult limited = await recon.RunAsync("things");
        PipelineResult anyway = await recon.RunAsync("things", new RunSettings { PublishAnyway = true });

        Assert.True(limited.RejectsAboveLimit);
        Assert.False(anyway.RejectsAboveLimit);
    }

    [Fact]
    public async Task Run_OwnSinkWithALimit_TellsTheShare()
    {
        RunState? last = null;
        await using Reconciliation recon = await OpenAsync(
            null, Source([["1", "Ada"], ["3", "Cid"]]), new Sink(), Found(), onProgress: (_, state) => last = state);

        await recon.RunAsync("things", new RunSettings { Limit = 2 });

        Assert.Equal(1, last!.Share);
    }

    [Fact]
    public async Task Run_SettingsThatASourceOrSinkCannotHonour_AreRefused()
    {
        await using Reconciliation recon = await OpenAsync(null, Source([["1", "Ada"]]), new Sink(), Found());

        ArgumentException file = await Assert.ThrowsAsync<ArgumentException>(() => recon.RunAsync("things", new RunSettings { Input = "a.csv" }));
        ArgumentException resume = await Assert.ThrowsAsync<ArgumentException>(() => recon.RunAsync("things", new RunSettings { Resume = true }));
        ArgumentException status = await Assert.ThrowsAsync<ArgumentException>(
            async () => await recon.ReadChangesAsync("things", "match").ToListAsync(TestContext.Current.CancellationToken));

        Assert.Contains("program's own source", file.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be resumed", resume.Message, StringComparison.Ordinal);
        Assert.Contains("no status 'match'", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NamesThatTheDefinitionLacks_AreRefused()
    {
        string definition = Definition(10);
        ArgumentException pipeline = await Assert.ThrowsAsync<ArgumentException>(() => Reconciliation.OpenAsync(
            definition, options: new ReconciliationOptions { Sinks = new Dictionary<string, IRecordSink> { ["thing"] = new Sink() } }));
        ArgumentException lookup = await Assert.ThrowsAsync<ArgumentException>(() => Reconciliation.OpenAsync(
            definition,
            options: new ReconciliationOptions
            {
                Lookups = new Dictionary<(string Pipeline, string Lookup), IRecordLookup> { [("things", "match")] = Found() },
            }));

        Assert.Contains("'thing'; the definition has things", pipeline.Message, StringComparison.Ordinal);
        Assert.Contains("'match' of 'things', which has lookup", lookup.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, string?> Nothing => [];

    // Record 1 has one counterpart, record 2 has two, the others none.
    private static Lookup Found() => new(keys =>
    [
        .. keys.Where(key => key == "1").Select(key => new FoundRecord(key, 71, new Dictionary<string, string?> { ["name"] = "Adam" })),
        .. keys.Where(key => key == "2").SelectMany(key => (FoundRecord[])[new(key, 72, Nothing), new(key, 71, Nothing)]),
    ]);

    private static Source Source(string?[][] records) => new(records);

    private Task<Reconciliation> OpenAsync(
        string? connection,
        IRecordSource sources,
        IRecordSink? sinks,
        IRecordLookup lookups,
        int rows = 10,
        Action<string, RunState>? onProgress = null)
        => Reconciliation.OpenAsync(
            Definition(rows),
            connection,
            new ReconciliationOptions
            {
                Sources = new Dictionary<string, IRecordSource> { ["things"] = sources },
                Sinks = sinks is null ? new Dictionary<string, IRecordSink>() : new() { ["things"] = sinks },
                Lookups = new Dictionary<(string Pipeline, string Lookup), IRecordLookup> { [("things", "lookup")] = lookups },
                OnProgress = onProgress,
            });

    private string Definition(int rows)
    {
        string path = Path.Combine(_folder, $"pipeline-{rows}.json");
        File.WriteAllText(path, $$"""
            { "pipelines": [{ "name": "things", "maxRejects": "50%", "blocks": [
              { "kind": "csv", "path": "never-read.csv", "id": "Id", "idType": "number" },
              { "kind": "batch", "rows": {{rows}} },
              { "kind": "lookup", "table": "hubspot.nowhere", "key": "legacy_id" },
              { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
              { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id", "writers": 2 }
            ] }] }
            """);
        return path;
    }

    private sealed class Lookup(Func<IReadOnlyList<string>, FoundRecord[]> answer) : IRecordLookup
    {
        public ValueTask<IReadOnlyList<FoundRecord>> FindAsync(
            IReadOnlyList<string> keys, IReadOnlyList<string> columns, CancellationToken cancellationToken)
        {
            Assert.Equal(["name"], columns);
            return ValueTask.FromResult<IReadOnlyList<FoundRecord>>(answer(keys));
        }
    }

    private sealed class Sink : IRecordSink
    {
        public ConcurrentBag<ReconciledRecord> Records { get; } = [];

        public ConcurrentBag<long> Batches { get; } = [];

        public Exception? Failure { get; init; }

        public ValueTask WriteAsync(ReconciledBatch batch, CancellationToken cancellationToken)
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            Batches.Add(batch.Number);
            foreach (ReconciledRecord record in batch.Records)
            {
                Records.Add(record);
            }

            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Gives out records, then fails if so wanted.</summary>
internal sealed class Source(string?[][] records) : IRecordSource
{
    public IReadOnlyList<string> Columns => ["Id", "Name"];

    public Exception? Failure { get; init; }

    public async IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string?[] record in records)
        {
            await Task.Yield();
            yield return record;
        }

        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
