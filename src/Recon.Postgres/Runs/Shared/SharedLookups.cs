using Recon.Dataflow.Lookup;
using Recon.Dataflow.Telemetry;

namespace Recon.Postgres.Runs.Shared;

/// <summary>What the lookups of all workers of a run were asked and found, told to the coordinator's own tallies and meters. Thread-safe.</summary>
internal sealed class SharedLookups(MirrorSession mirror)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BoardWorker, IReadOnlyList<LookupFigures>> _told = [];
    private readonly List<LookupFigures> _left = [];

    /// <summary>Takes what a worker counted since it joined.</summary>
    public void Tell(BoardWorker worker, IReadOnlyList<LookupFigures> lookups)
    {
        lock (_gate)
        {
            _told[worker] = lookups;
            for (int index = 0; index < Math.Min(mirror.Tallies.Count, lookups.Count); index++)
            {
                List<LookupFigures> all = [.. _left.Skip(index).Take(1), .. _told.Values.Where(told => index < told.Count).Select(told => told[index])];
                LookupTally tally = mirror.Tallies[index].Tally;
                tally.Tell(all.Sum(each => each.Records), all.Sum(each => each.Hits));
                tally.AddUnfound(lookups[index].Unfound, lookups[index].AreAllUnfound);
                mirror.Meters[index].Tell(new LookupCounts(
                    all.Sum(each => each.Ids),
                    all.Sum(each => each.Cached),
                    all.Sum(each => each.Remembered),
                    Middle([.. all.Select(each => each.MedianTicks).OfType<long>().Order()]),
                    all.Max(each => each.SlowestTicks) is { } slowest ? new TimeSpan(slowest) : null));
            }
        }
    }

    /// <summary>A worker has left: what it counted stays.</summary>
    public void Leave(BoardWorker worker)
    {
        lock (_gate)
        {
            if (!_told.Remove(worker, out IReadOnlyList<LookupFigures>? last))
            {
                return;
            }

            for (int index = 0; index < last.Count; index++)
            {
                if (index == _left.Count)
                {
                    _left.Add(last[index]);
                }
                else
                {
                    _left[index] = _left[index].Plus(last[index]);
                }
            }
        }
    }

    private static TimeSpan? Middle(long[] sorted) => sorted.Length == 0 ? null : new TimeSpan(sorted[sorted.Length / 2]);
}
