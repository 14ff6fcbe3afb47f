using Recon.Dataflow.Telemetry;

namespace Recon.Postgres.Runs.Shared;

/// <summary>What the workers of a graph counted together, those that have left included. Thread-safe.</summary>
/// <param name="blocks">The blocks, whose batches are counted here; the reader, first of them, is the coordinator's own.</param>
internal sealed class WorkerSums(IReadOnlyList<BlockStats> blocks)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BoardWorker, WorkerFigures> _told = [];
    private readonly BlockTimes[] _left = new BlockTimes[blocks.Count];
    private long _mostResidentBatches;

    /// <summary>The most batches that each of those held that took part at the same time, added up.</summary>
    public long MostResidentBatches
    {
        get
        {
            lock (_gate)
            {
                return _mostResidentBatches;
            }
        }
    }

    /// <summary>Takes what a worker counted since it joined.</summary>
    public void Tell(BoardWorker worker, WorkerFigures figures)
    {
        lock (_gate)
        {
            WorkerFigures? before = _told.GetValueOrDefault(worker);
            _told[worker] = figures;
            _mostResidentBatches = Math.Max(_mostResidentBatches, _told.Where(pair => !pair.Key.IsSilent).Sum(pair => pair.Value.MostResidentBatches));
            for (int block = 1; block < Math.Min(blocks.Count, figures.Blocks.Count); block++)
            {
                blocks[block].Finish(Math.Max(0, figures.Blocks[block].Batches - (before is null ? 0 : before.Blocks[block].Batches)));
            }
        }
    }

    /// <summary>A worker has left: only its times stay.</summary>
    public void Leave(BoardWorker worker)
    {
        lock (_gate)
        {
            if (!_told.Remove(worker, out WorkerFigures? last))
            {
                return;
            }

            for (int block = 0; block < Math.Min(_left.Length, last.Blocks.Count); block++)
            {
                _left[block] = _left[block].Plus(Times(last.Blocks[block]));
            }
        }
    }

    public BlockTimes TimesOf(int block)
    {
        lock (_gate)
        {
            return _told.Values.Where(figures => block < figures.Blocks.Count)
                .Aggregate(_left[block], (sum, figures) => sum.Plus(Times(figures.Blocks[block])));
        }
    }

    public long QueuedIn(int block)
    {
        lock (_gate)
        {
            return _told.Where(pair => !pair.Key.IsSilent && block < pair.Value.Blocks.Count).Sum(pair => pair.Value.Blocks[block].Queued);
        }
    }

    /// <summary>What all blocks of a worker did.</summary>
    public static BlockTimes TimesOf(WorkerFigures? figures)
        => (figures?.Blocks ?? []).Aggregate(default(BlockTimes), (sum, block) => sum.Plus(Times(block)));

    private static BlockTimes Times(BlockFigures block)
        => new(new(block.Busy), new(block.Waiting), new(block.Idle), new(block.Blocked), new(block.Committing));
}
