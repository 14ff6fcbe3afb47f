using System.Diagnostics;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Topology;
using Recon.Postgres.Tuning;

namespace Recon.Benchmarks.Scaling;

/// <summary>
/// Runs of the real graph whose blocks wait where they would work: how it scales with cores, shown without them.
/// </summary>
/// <param name="pipeline">The pipeline, whose settings are varied.</param>
/// <param name="costs">What a record takes.</param>
internal sealed class DelayedTrials(ValidPipeline pipeline, BlockCosts costs) : ITrials
{
    // Timers tick in milliseconds: a delay that is too short for them would count as a longer one.
    private const double Slowdown = 8;
    private const long Records = 100_000;
    private static readonly SourceColumns s_columns = new(["id"]);

    /// <inheritdoc/>
    public async Task<Trial> RunAsync(TuneSettings settings, CancellationToken cancellationToken)
    {
        ValidPipeline tried = settings.Apply(pipeline);
        int batches = (int)(Records / tried.Batch.Rows);
        int read = 0;
        var graph = new ReconciliationGraph(
            tried,
            new GraphStages(
                async (_, token) =>
                {
                    await DelayAsync(costs.Read, token);
                    return read++ < batches ? new RecordBatch(read, s_columns, 1, 16) : null;
                },
                [.. tried.Lookups.Select(lookup => new DelayedLookup(lookup, token => DelayAsync(costs.Of(lookup), token)))],
                _ => Thread.Sleep(Delay(costs.Diff)),
                async (_, token) => await DelayAsync(costs.Stage, token)),
            TimeProvider.System);
        var watch = Stopwatch.StartNew();
        await graph.RunAsync(cancellationToken, cancellationToken);
        return new Trial(
            Records,
            TimeSpan.Zero,
            watch.Elapsed / Slowdown,
            TimeSpan.Zero,
            TimeSpan.FromSeconds(1),
            1,
            [new TrialBlock(costs.Limit(tried), costs.Limit(tried) == "stage" ? "stage" : "lookup", 1)],
            tried.Lookups.ToDictionary(lookup => lookup.Label, lookup => lookup.Strategy))
        {
            WholeRecords = Records,
        };

        TimeSpan Delay(double microseconds) => TimeSpan.FromMicroseconds(microseconds * tried.Batch.Rows * Slowdown);

        Task DelayAsync(double microseconds, CancellationToken token) => Task.Delay(Delay(microseconds), TimeProvider.System, token);
    }

    private sealed class DelayedLookup(ValidLookup definition, Func<CancellationToken, Task> delay) : ILookup
    {
        public ValidLookup Definition => definition;

        public IReadOnlyList<MirrorColumn> Columns => [];

        // Nothing reads the answer: the differ only waits, too.
        public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
        {
            await delay(cancellationToken);
            return null!;
        }
    }
}
