using Npgsql;
using Polly;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Topology;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tuning;

/// <summary>
/// Measures settings by running a slice of the input as a run would: same reader, lookups, comparison, COPY, ledger and
/// commits. What comes after the last batch (folding, indexes, publication) is the same for all settings and left out.
/// </summary>
internal sealed class GraphTrials(
    ReconDataSources sources,
    StagingTables tables,
    RunRequest request,
    ValidPipeline pipeline,
    TrialStaging staging,
    long rows,
    RunTuning tuning,
    TimeProvider clock) : ITrials
{
    public async Task<Trial> RunAsync(TuneSettings settings, CancellationToken cancellationToken)
    {
        ValidPipeline tuned = settings.Apply(pipeline);
        await staging.ResetAsync(cancellationToken);
        await using var input = await RunInput.OpenAsync(request with { Limit = rows }, tuned, cancellationToken);
        await using NpgsqlConnection control = await sources.Control.OpenConnectionAsync(cancellationToken);
        await RequireConnectionsAsync(control, settings, tuned, cancellationToken);

        // What the trial before left behind is not this one's to clean up, nor its memory.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var memory = new MemoryPeak(clock);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long started = clock.GetTimestamp();
        MirrorSession mirror = await OpenAsync(control, settings, tuned, input, cancellationToken);
        TimeSpan opening = clock.GetElapsedTime(started);
        TimeSpan openingCpu = Environment.CpuUsage.TotalTime - cpu;

        long records = 0;
        long bytes = 0;
        ReconciliationGraph graph = Wire(tuned, input, mirror, batch =>
        {
            Interlocked.Add(ref records, batch.Counts.Read);
            Interlocked.Add(ref bytes, batch.Range.EndByte - batch.Range.StartByte);
        });
        started = clock.GetTimestamp();
        await graph.RunAsync(CancellationToken.None, cancellationToken);
        TimeSpan streaming = clock.GetElapsedTime(started);
        return new Trial(
            records,
            opening,
            streaming,
            openingCpu,
            Environment.CpuUsage.TotalTime - cpu - openingCpu,
            memory.Read(),
            [.. graph.Blocks.Select(block => new TrialBlock(block.Name, block.Kind, block.Parallelism, block.Utilisation(streaming)))],
            mirror.Decisions.ToDictionary(decision => decision.Key, decision => decision.Value.Strategy))
        {
            WholeRecords = WholeRecords(records, bytes, input),
        };
    }

    // The reader is ahead of the slice by its buffer, so the records' own bytes are the better measure; they are bytes of
    // UTF-8, which are more than those on disk for a compressed file, and fewer for UTF-16.
    private long WholeRecords(long records, long bytes, RunInput input)
    {
        long onDisk = pipeline.Csv.Encoding.Contains("16", StringComparison.Ordinal)
            ? input.Reader.BytesRead
            : Math.Min(bytes, input.Reader.BytesRead);
        return records < rows || input.Reader.TotalBytes is not { } total || onDisk <= 0
            ? records
            : Math.Max(records, (long)Math.Round((double)records * total / onDisk));
    }

    private async Task RequireConnectionsAsync(
        NpgsqlConnection control, TuneSettings settings, ValidPipeline tuned, CancellationToken cancellationToken)
    {
        try
        {
            await ConnectionBudget.RequireAsync(control, sources, tuned, cancellationToken);
        }
        catch (ConnectionSettingsException tooFew) when (settings != TuneSettings.Of(pipeline))
        {
            throw new TrialRefusedException(tooFew.Message);
        }
    }

    private async Task<MirrorSession> OpenAsync(
        NpgsqlConnection control, TuneSettings settings, ValidPipeline tuned, RunInput input, CancellationToken cancellationToken)
    {
        try
        {
            return await MirrorSession.OpenAsync(
                control, sources, tuned, input, clock, null, Silence.Instance, tuning, cancellationToken);
        }
        catch (MirrorException tooLarge) when (settings.Strategy == LookupStrategy.Cache)
        {
            throw new TrialRefusedException(tooLarge.Message);
        }
    }

    private ReconciliationGraph Wire(ValidPipeline tuned, RunInput input, MirrorSession mirror, Action<RecordBatch> count)
    {
        ResiliencePipeline retry = RetryPolicies.Batches(tuning.Batches, sources.Server, clock);
        RecordDiffer differ = mirror.Differ(staging.Run.RunId, clock, input);
        var repeats = RepeatFilter.For(input.Reader.Files);
        var writer = new BatchWriter(
            sources.Writer, tables, staging.Table, new TupleLayout(tuned.Stage), staging.Run, input.FileNames, retry, clock, null);
        return new ReconciliationGraph(
            tuned,
            new GraphStages(
                input.Reader.ReadAsync,
                mirror.Lookups,
                batch => differ.Diff(batch, repeats: repeats),
                async (batch, token) =>
                {
                    await writer.WriteAsync(batch, token);
                    count(batch);
                }),
            clock);
    }

    private sealed class Silence : IRunProgress
    {
        public static Silence Instance { get; } = new();

        public void Started(string pipeline, Func<RunState> state)
        {
        }

        public void Finished(string pipeline)
        {
        }

        public void Say(string message)
        {
        }
    }
}
