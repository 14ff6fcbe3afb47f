using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Topology;
using Recon.Postgres.Connections;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Tuning;

/// <summary>
/// Measures settings by running a slice of the input as a run would: same reader, lookups, comparison, COPY, ledger and
/// commits. What comes after the last batch (folding, indexes, publication) is the same for all settings and left out.
/// </summary>
/// <param name="rows">Records at the start of the input that every trial reads.</param>
internal sealed class GraphTrials(RunContext context, TrialStaging staging, long rows) : ITrials
{
    private readonly TimeProvider _clock = context.Clock;

    public async Task<Trial> RunAsync(TuneSettings settings, CancellationToken cancellationToken)
    {
        // A trial is neither counted nor logged: the search logs what it measures.
        RunContext trial = context with
        {
            Pipeline = settings.Apply(context.Pipeline),
            Request = context.Request with { Limit = rows },
            Metrics = null,
            Logger = NullLogger.Instance,
        };
        await staging.ResetAsync(cancellationToken);
        await using var input = await RunInput.OpenAsync(trial.Request, trial.Pipeline, cancellationToken);
        await using NpgsqlConnection control = await trial.Sources.Control.OpenConnectionAsync(cancellationToken);
        await RequireConnectionsAsync(trial, control, settings, cancellationToken);

        // What the trial before left behind is not this one's to clean up, nor its memory.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var memory = new MemoryPeak(_clock);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long started = _clock.GetTimestamp();
        MirrorSession mirror = await OpenAsync(trial, control, settings, input, cancellationToken);
        TimeSpan opening = _clock.GetElapsedTime(started);
        TimeSpan openingCpu = Environment.CpuUsage.TotalTime - cpu;

        long records = 0;
        long bytes = 0;
        RecordDiffer differ = mirror.Differ(input, staging.Table.Names);
        BatchWriter writer = BatchPath.WriterTo(trial, differ, staging.Table, staging.Run, input);
        ReconciliationGraph graph = BatchPath.Wire(
            trial,
            input,
            mirror,
            differ,
            async (batch, token) =>
            {
                await writer.WriteAsync(batch, token);
                Interlocked.Add(ref records, batch.Counts.Read);
                Interlocked.Add(ref bytes, batch.Range.EndByte - batch.Range.StartByte);
            },
            RepeatFilter.For(input.Reader.Files));
        started = _clock.GetTimestamp();
        await graph.RunAsync(CancellationToken.None, cancellationToken);
        TimeSpan streaming = _clock.GetElapsedTime(started);
        return new Trial(
            records,
            opening,
            streaming,
            openingCpu,
            Environment.CpuUsage.TotalTime - cpu - openingCpu,
            memory.Read(),
            [.. graph.Blocks.Select(block => new TrialBlock(block.Name, block.Kind, block.Utilisation(streaming)))],
            mirror.Decisions.ToDictionary(decision => decision.Key, decision => decision.Value.Strategy))
        {
            WholeRecords = WholeRecords(records, bytes, input),
        };
    }

    // The reader is ahead of the slice by its buffer, so the records' own bytes are the better measure; they are bytes of
    // UTF-8, which are more than those on disk for a compressed file, and fewer for UTF-16.
    private long WholeRecords(long records, long bytes, RunInput input)
    {
        long onDisk = context.Pipeline.Csv.Encoding.Contains("16", StringComparison.Ordinal)
            ? input.Reader.BytesRead
            : Math.Min(bytes, input.Reader.BytesRead);
        return records < rows || input.Reader.TotalBytes is not { } total || onDisk <= 0
            ? records
            : Math.Max(records, (long)Math.Round((double)records * total / onDisk));
    }

    private async Task RequireConnectionsAsync(
        RunContext trial, NpgsqlConnection control, TuneSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await ConnectionBudget.RequireAsync(control, trial.Sources, trial.Pipeline, cancellationToken);
        }
        catch (ConnectionSettingsException tooFew) when (settings != TuneSettings.Of(context.Pipeline))
        {
            throw new TrialRefusedException(tooFew.Message);
        }
    }

    private static async Task<MirrorSession> OpenAsync(
        RunContext trial, NpgsqlConnection control, TuneSettings settings, RunInput input, CancellationToken cancellationToken)
    {
        try
        {
            return await MirrorSession.OpenAsync(trial, control, input, cancellationToken, isTrial: true);
        }
        catch (MirrorException tooLarge) when (settings.Strategy == LookupStrategy.Cache)
        {
            throw new TrialRefusedException(tooLarge.Message);
        }
    }
}
