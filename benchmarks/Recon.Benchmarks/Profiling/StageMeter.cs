using Recon.Benchmarks.WholeRuns;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tuning;

namespace Recon.Benchmarks.Profiling;

/// <summary>Takes batches through the stages one after the other, and measures each stage by itself.</summary>
internal sealed class StageMeter
{
    private const int WarmUp = 30;
    private const int Most = 230;

    private static readonly string[] s_names = ["Extract", "Lookup", "Diff", "Stage"];
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly TimeSpan[] _wall = new TimeSpan[s_names.Length];
    private readonly TimeSpan[] _cpu = new TimeSpan[s_names.Length];
    private readonly long[] _bytes = new long[s_names.Length];

    /// <summary>Measures.</summary>
    /// <param name="job">The pipeline.</param>
    /// <param name="token">Cancels it.</param>
    /// <returns>The cost of a record by stage; none for an export of too few batches.</returns>
    public async Task<IReadOnlyList<StageCost>> RunAsync(CommunicationsJob job, CancellationToken token)
    {
        await using RunInput input = await job.OpenInputAsync(null, token);
        MirrorSession mirror = await job.OpenMirrorAsync(input, token);
        RecordDiffer differ = mirror.Differ(input, names: 0);
        RunContext context = job.Context();
        await using TrialStaging staging = await TrialStaging.OpenAsync(context, willChangeDefinition: false, token);
        BatchWriter writer = BatchPath.WriterTo(context, differ, staging.Table, staging.Run, input);
        long rows = 0;
        for (int number = 0; number < Most; number++)
        {
            if (number == WarmUp)
            {
                Array.Clear(_wall);
                Array.Clear(_cpu);
                Array.Clear(_bytes);
            }

            RecordBatch? batch = null;
            await MeasureAsync(0, async () => batch = await input.Reader.ReadAsync(token));
            if (batch is null)
            {
                break;
            }

            rows += number < WarmUp ? 0 : batch.Counts.Read;
            await PassAsync(batch, mirror.Lookups, differ, writer, token);
        }

        return rows == 0 ? [] : [.. s_names.Select((name, stage) => new StageCost(
            name, _wall[stage].TotalMicroseconds / rows, _cpu[stage].TotalMicroseconds / rows, (double)_bytes[stage] / rows))];
    }

    private async Task PassAsync(
        RecordBatch batch, IReadOnlyList<ILookup> lookups, RecordDiffer differ, BatchWriter writer, CancellationToken token)
    {
        await MeasureAsync(1, async () =>
        {
            foreach (ILookup lookup in lookups)
            {
                batch.Answers.Add(await lookup.FindAsync(batch, token));
            }
        });
        await MeasureAsync(2, () =>
        {
            differ.Diff(batch);
            return Task.CompletedTask;
        });
        await MeasureAsync(3, async () => await writer.WriteAsync(batch, token));
        batch.Dispose();
    }

    private async Task MeasureAsync(int stage, Func<Task> work)
    {
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long started = _clock.GetTimestamp();
        await work();
        _wall[stage] += _clock.GetElapsedTime(started);
        _cpu[stage] += Environment.CpuUsage.TotalTime - cpu;
        _bytes[stage] += GC.GetTotalAllocatedBytes(precise: true) - bytes;
    }
}
