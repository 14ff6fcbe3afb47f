using System.Diagnostics;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Tests.Topology;
using Recon.Dataflow.Topology;

namespace Recon.Dataflow.Tests.Telemetry;

public sealed class ReconTraceTests
{
    [Fact]
    public async Task Graph_Run_NestsBlocksInTheirBatchAndBatchesInWhatIsAround()
    {
        using Recording recording = new();

        await new GraphRig(3).RunAsync();

        Activity[] batches = recording.Of("batch");
        Assert.Equal([1L, 2L, 3L], batches.Select(batch => (long)batch.GetTagItem("batch")!).Order());
        Assert.All(batches, batch => Assert.Equal(recording.Root.SpanId, batch.ParentSpanId));
        Assert.All(batches, batch => Assert.Equal(
            ["diff diff", "lookup lookup0", "lookup lookup1", "stage stage"],
            recording.Ended.Where(activity => activity.ParentSpanId == batch.SpanId)
                .Select(activity => $"{activity.OperationName} {activity.GetTagItem("block")}").Order(StringComparer.Ordinal)));
        Assert.Equal(recording.Root, Activity.Current);
    }

    [Fact]
    public async Task Activities_OfARun_CarryNamesAndNumbersOnly()
    {
        using Recording recording = new();

        await new GraphRig(3).RunAsync();

        Assert.Equal(15, recording.Ended.Length);
        foreach (Activity activity in recording.Ended)
        {
            string[] tags = [.. activity.TagObjects.Select(tag => tag.Key)];
            Assert.Equal(activity.OperationName == "batch" ? ["pipeline", "batch", "rows"] : ["pipeline", "block", "batch", "rows"], tags);
            Assert.Equal("things", activity.GetTagItem("pipeline"));
            Assert.Equal(activity.GetTagItem("batch"), (long)(int)activity.GetTagItem("rows")!);
            Assert.DoesNotContain(activity.TagObjects, tag => $"{tag.Value}".Contains(GraphRig.Secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Activities_OfAFault_AreErrorsWithoutItsText()
    {
        using Recording recording = new();
        GraphRig rig = new(1)
        {
            Hook = (block, _, _) => block == "stage" ? throw new InvalidOperationException(GraphRig.Secret) : ValueTask.CompletedTask,
        };

        await Assert.ThrowsAsync<GraphFaultException>(rig.RunAsync);

        Assert.Equal(
            ["batch", "stage"],
            recording.Ended.Where(activity => activity.Status == ActivityStatusCode.Error)
                .Select(activity => activity.OperationName).Order(StringComparer.Ordinal));
        Assert.All(recording.Ended, activity => Assert.Null(activity.StatusDescription));
    }

    [Fact]
    public async Task Graph_NobodyListens_StartsNothing()
    {
        GraphRig rig = new(3);

        await rig.RunAsync();

        Assert.All(rig.Batches, batch => Assert.Null(batch.Trace));
    }

    [Fact]
    public async Task Blocks_OfABatchThatIsLeftOut_WorkWithinIt()
    {
        using Recording recording = new() { LeavesOut = "batch" };
        List<string?> around = [];
        GraphRig rig = new(3);
        rig.Hook = (block, number, _) =>
        {
            if (block is "lookup0" or "diff" or "stage")
            {
                lock (around)
                {
                    around.Add(Activity.Current?.OperationName);
                }
            }

            return ValueTask.CompletedTask;
        };

        await rig.RunAsync();

        Assert.Equal(9, around.Count);
        Assert.All(around, each => Assert.Equal("batch", each));
        Assert.Empty(recording.Of("lookup"));
    }

    [Fact]
    public async Task Batch_Read_KnowsWhen()
    {
        GraphRig rig = new(1);
        long before = rig.Clock.GetTimestamp();
        rig.Hook = (block, number, _) =>
        {
            rig.Clock.Advance(block == "csv" && number == 1 ? TimeSpan.FromSeconds(5) : TimeSpan.Zero);
            return ValueTask.CompletedTask;
        };

        await rig.RunAsync();

        RecordBatch batch = Assert.Single(rig.Batches);
        Assert.Equal(TimeSpan.FromSeconds(5), rig.Clock.GetElapsedTime(before, batch.ReadAt));
    }

    /// <summary>Listens to what happens below an activity of its own: tests run at the same time.</summary>
    private sealed class Recording : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly List<Activity> _ended = [];

        public Recording()
        {
            Root = new Activity("test");
            Root.SetIdFormat(ActivityIdFormat.W3C);
            Root.ActivityTraceFlags = ActivityTraceFlags.Recorded;
            Root.Start();
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == ReconTrace.SourceName,
                Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == Root.TraceId && options.Parent.TraceFlags == ActivityTraceFlags.Recorded
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
                // What is left out is there for those below it to see.
                ActivityStarted = activity => activity.ActivityTraceFlags =
                    activity.OperationName == LeavesOut ? ActivityTraceFlags.None : activity.ActivityTraceFlags,
                ActivityStopped = activity =>
                {
                    lock (_ended)
                    {
                        _ended.Add(activity);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Activity Root { get; }

        public string? LeavesOut { get; init; }

        public Activity[] Ended
        {
            get
            {
                lock (_ended)
                {
                    return [.. _ended.Where(activity => activity.TraceId == Root.TraceId)];
                }
            }
        }

        public Activity[] Of(string name) => [.. Ended.Where(activity => activity.OperationName == name)];

        public void Dispose()
        {
            _listener.Dispose();
            Root.Dispose();
        }
    }
}
