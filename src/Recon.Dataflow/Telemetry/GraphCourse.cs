namespace Recon.Dataflow.Telemetry;

/// <summary>What a graph had done at a moment: sums since its first batch.</summary>
/// <param name="At">Since the first batch.</param>
/// <param name="Records">Committed records.</param>
/// <param name="Times">Of each block, in their order.</param>
internal sealed record GraphMoment(TimeSpan At, long Records, IReadOnlyList<BlockTimes> Times);

/// <summary>The course of a graph in few moments: of a longer run they are further apart. Thread-safe.</summary>
internal sealed class GraphCourse
{
    /// <summary>Moments that are kept at most.</summary>
    public const int Most = 60;

    private readonly Lock _gate = new();
    private readonly List<GraphMoment> _moments = [];

    // Somewhat less than the second after which a run is looked at again.
    private TimeSpan _apart = TimeSpan.FromSeconds(0.9);

    /// <summary>Adds a moment, unless it is too close to the one before.</summary>
    public void Add(GraphMoment now)
    {
        lock (_gate)
        {
            if (_moments.Count == Most && IsApart(now))
            {
                // Sums of what goes are part of what stays.
                _apart *= 2;
                List<GraphMoment> kept = [.. _moments.Where((_, index) => index % 2 == 1)];
                _moments.Clear();
                _moments.AddRange(kept);
            }

            if (IsApart(now))
            {
                _moments.Add(now);
            }
        }
    }

    /// <summary>The moments up to the last one, whatever its distance from the one before.</summary>
    public IReadOnlyList<GraphMoment> Until(GraphMoment last)
    {
        lock (_gate)
        {
            bool isPart = _moments.Count == 0 || (_moments.Count < Most && last.At - _moments[^1].At >= _apart / 2);
            return isPart ? [.. _moments, last] : [.. _moments[..^1], last];
        }
    }

    private bool IsApart(GraphMoment now) => now.At - (_moments.Count == 0 ? TimeSpan.Zero : _moments[^1].At) >= _apart;
}
