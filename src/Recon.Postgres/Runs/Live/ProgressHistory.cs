namespace Recon.Postgres.Runs.Live;

/// <summary>What a run was at a moment.</summary>
/// <param name="At">Since the run began.</param>
/// <param name="Queued">By block.</param>
internal sealed record ProgressSample(TimeSpan At, long Records, long Bytes, long Copied, long[] Queued);

/// <summary>The last seconds of a run, from which speeds follow. Thread-safe.</summary>
internal sealed class ProgressHistory
{
    // Queues are shown for as many seconds; speeds are told over fewer, so that they are those of now.
    private const int Kept = 16;

    private static readonly TimeSpan s_apart = TimeSpan.FromSeconds(0.9);
    private static readonly TimeSpan s_now = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<ProgressSample> _samples = [];

    /// <summary>Adds a moment, unless it is too close to the one before.</summary>
    /// <returns>The samples, this one last.</returns>
    public IReadOnlyList<ProgressSample> Add(ProgressSample now)
    {
        lock (_gate)
        {
            IReadOnlyList<ProgressSample> all = [.. _samples, now];
            if (_samples.Count == 0 || now.At - _samples[^1].At >= s_apart)
            {
                _samples.Add(now);
                _samples.RemoveRange(0, Math.Max(0, _samples.Count - Kept));
            }

            return all;
        }
    }

    /// <summary>How fast something grew in the last seconds.</summary>
    public static double Speed(IReadOnlyList<ProgressSample> samples, Func<ProgressSample, long> value)
    {
        ProgressSample now = samples[^1];
        ProgressSample then = samples.First(sample => ReferenceEquals(sample, now) || now.At - sample.At <= s_now);
        return now.At > then.At ? (value(now) - value(then)) / (now.At - then.At).TotalSeconds : 0;
    }
}
