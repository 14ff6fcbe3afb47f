using Recon.Dataflow.Telemetry;

namespace Recon.Postgres.Runs.Shared;

/// <summary>The times of a run that workers share: the reader's are those of the coordinator, the others those of all workers together.</summary>
internal sealed class SplitTimes : IGraphTimes
{
    private readonly GraphTimes _reader;
    private readonly WorkerSums _sums;
    private readonly int _blocks;

    /// <param name="reader">The times of the coordinator's reader alone.</param>
    /// <param name="blocks">All blocks, whose times are these from now on.</param>
    public SplitTimes(GraphTimes reader, WorkerSums sums, IReadOnlyList<BlockStats> blocks)
    {
        (_reader, _sums, _blocks) = (reader, sums, blocks.Count);
        for (int index = 0; index < blocks.Count; index++)
        {
            int block = index;
            blocks[block].Bind(this, block);
            blocks[block].QueueLength = block == 0 ? null : () => sums.QueuedIn(block);
        }
    }

    public long StartedAt => _reader.StartedAt;

    public TimeSpan Window => _reader.Window;

    public BlockTimes Of(int block) => block == 0 ? _reader.Of(0) : _sums.TimesOf(block);

    public (TimeSpan Window, BlockTimes[] Times) Read() => (Window, [.. Enumerable.Range(0, _blocks).Select(Of)]);
}
