using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Recon.Dataflow;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Telemetry;

/// <summary>What a program that hosts runs hears of them.</summary>
public sealed class ReconciliationTelemetryTests(PostgresServer server)
{
    [Fact]
    public async Task Run_Listened_NestsPipelineAndBatches()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        ConcurrentQueue<Activity> ended = [];
        using var root = new Activity("test");
        root.SetIdFormat(ActivityIdFormat.W3C).Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ReconTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == root.TraceId
                ? ActivitySamplingResult.AllData
                : ActivitySamplingResult.None,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        PipelineResult result = await RunAsync(world, new ReconciliationOptions());

        Activity[] mine = [.. ended.Where(activity => activity.TraceId == root.TraceId)];
        Activity run = Assert.Single(mine, activity => activity.OperationName == "run");
        Activity pipeline = Assert.Single(mine, activity => activity.OperationName == "pipeline");
        Activity[] batches = [.. mine.Where(activity => activity.OperationName == "batch")];
        Assert.Equal(root.SpanId, run.ParentSpanId);
        Assert.Equal(run.SpanId, pipeline.ParentSpanId);
        Assert.Equal("things", pipeline.GetTagItem("pipeline"));
        Assert.Equal("completed", pipeline.GetTagItem("outcome"));
        Assert.All((Activity[])[run, pipeline], activity => Assert.Equal(result.RunId.ToString(), activity.GetTagItem("recon.run.id")));
        Assert.Equal(
            ["folding", "indexing", "publishing"],
            mine.Where(activity => activity.ParentSpanId == pipeline.SpanId && activity.OperationName != "batch").Select(activity => activity.OperationName).Order());
        Assert.NotEmpty(batches);
        Assert.All(batches, batch => Assert.Equal(pipeline.SpanId, batch.ParentSpanId));
        Assert.All(batches, batch => Assert.Equal(4, mine.Count(activity => activity.ParentSpanId == batch.SpanId)));
    }

    [Fact]
    public async Task Run_LoggerFactory_ReceivesEventsWithIdsAndFields()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        world.Strategy = "auto";
        using EventList events = new();

        await RunAsync(world, new ReconciliationOptions { LoggerFactory = events });

        (string category, EventId id, IReadOnlyDictionary<string, object?> fields) = events.Seen.First(seen => seen.Id.Name == nameof(RunMessages.StrategyChosen));
        Assert.Equal("Recon", category);
        Assert.Equal(5, id.Id);
        Assert.Equal("things", fields["Pipeline"]);
        Assert.Equal("match", fields["Lookup"]);
        Assert.Equal(
            [nameof(RunMessages.RunBegan), nameof(RunMessages.RunCompleted)],
            events.Seen.Select(seen => seen.Id.Name!).Where(name => name.StartsWith("Run", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Open_DefinitionInOldSpelling_LogsAWarning()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 1);
        string path = await world.WriteDefinitionAsync();
        string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            path, text.Replace("\"where\":", "\"keep\":", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using EventList events = new();

        await using var recon = await Reconciliation.OpenAsync(
            path, world.Database.ConnectionString, new ReconciliationOptions { LoggerFactory = events }, TestContext.Current.CancellationToken);

        (_, EventId id, IReadOnlyDictionary<string, object?> fields) = Assert.Single(events.Seen);
        Assert.Equal(nameof(RunMessages.DefinitionWarned), id.Name);
        Assert.Contains("'keep' is now 'where'", (string)fields["Warning"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadChanges_RecordsWithOneHubspotId_LogsHowManyAreLeftOut()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        await RunAsync(world, new ReconciliationOptions());
        await world.Database.ExecuteAsync("update staging.things set hubspot_id = 5000000012 where legacy_id = '15'");
        using EventList events = new();

        await using var recon = await Reconciliation.OpenAsync(
            await world.WriteDefinitionAsync(), world.Database.ConnectionString, new ReconciliationOptions { LoggerFactory = events });
        List<ReconciledRecord> changes = await recon.ReadChangesAsync("things").ToListAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(changes);
        Assert.DoesNotContain(changes, record => record.LegacyId is "12" or "15");
        (_, EventId id, IReadOnlyDictionary<string, object?> fields) = Assert.Single(events.Seen);
        Assert.Equal(nameof(RunMessages.RecordsShared), id.Name);
        Assert.Equal(2L, fields["Records"]);
    }

    [Fact]
    public async Task Run_Progress_TellsBlocksAndCounts()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 30);
        RunState? last = null;

        PipelineResult result = await RunAsync(world, new ReconciliationOptions { OnProgress = (_, state) => last = state });

        Assert.Equal(["csv", "batch", "match", "parent", "diff", "stage"], last!.Blocks.Select(block => block.Name));
        Assert.Equal(["csv", "batch", "lookup", "lookup", "diff", "stage"], last.Blocks.Select(block => block.Kind));
        Assert.All(last.Blocks.Where(block => block.Kind != "batch"), block => Assert.True(block.Busy + block.Waiting > TimeSpan.Zero, block.Name));
        Assert.All(last.Blocks.Where(block => block.Kind == "stage"), block => Assert.True(block.Idle > TimeSpan.Zero, block.Name));
        Assert.Equal(result.Counts.Read, last.Counts.Read);
        Assert.Equal(result.Counts.Rejected, last.Counts.Rejected);
        Assert.Equal(result.Counts.Staged + result.Counts.Folded, last.Counts.Staged);
    }

    private static async Task<PipelineResult> RunAsync(SmallWorld world, ReconciliationOptions options)
    {
        await using var recon = await Reconciliation.OpenAsync(
            await world.WriteDefinitionAsync(), world.Database.ConnectionString, options, TestContext.Current.CancellationToken);
        PipelineResult result = await recon.RunAsync("things", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        return result;
    }

    private sealed class EventList : ILoggerFactory
    {
        public ConcurrentQueue<(string Category, EventId Id, IReadOnlyDictionary<string, object?> Fields)> Seen { get; } = [];

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => new Category(categoryName, this);

        public void Dispose()
        {
        }

        private sealed class Category(string name, EventList events) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull
                => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
                => events.Seen.Enqueue((
                    name, eventId, new Dictionary<string, object?>((IEnumerable<KeyValuePair<string, object?>>)state!)));
        }
    }
}
