using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Recon.Dataflow.Telemetry;

/// <summary>The counter <c>recon.block.time</c>: it is asked when something is exported, and goes on over several runs.</summary>
internal sealed class BlockTimeMeter
{
    private readonly Dictionary<(string Pipeline, string Block), BlockTimes> _ended = [];
    private readonly List<BlockStats> _running = [];
    private readonly Lock _gate = new();

    public BlockTimeMeter(Meter meter) => meter.CreateObservableCounter(
        "recon.block.time", Read, "s", "Time of the workers of a block, by what they did.");

    public void Watch(IEnumerable<BlockStats> blocks)
    {
        lock (_gate)
        {
            _running.AddRange(blocks.Where(block => block.Workers > 0));
        }
    }

    /// <summary>Keeps the times of a graph that ended.</summary>
    public void Unwatch(IEnumerable<BlockStats> blocks)
    {
        lock (_gate)
        {
            foreach (BlockStats block in blocks.Where(_running.Remove))
            {
                _ended[(block.Pipeline, block.Name)] = Ended(block).Plus(block.Times);
            }
        }
    }

    private BlockTimes Ended(BlockStats block) => _ended.GetValueOrDefault((block.Pipeline, block.Name));

    private List<Measurement<double>> Read()
    {
        Dictionary<(string Pipeline, string Block), BlockTimes> all;
        lock (_gate)
        {
            all = new(_ended);
            foreach (BlockStats block in _running)
            {
                all[(block.Pipeline, block.Name)] = Ended(block).Plus(block.Times);
            }
        }

        List<Measurement<double>> measured = [];
        foreach (((string pipeline, string block), BlockTimes times) in all)
        {
            Add("busy", times.Busy);
            Add("waiting", times.Waiting);
            Add("idle", times.Idle);
            Add("blocked", times.Blocked);

            void Add(string state, TimeSpan time) => measured.Add(new Measurement<double>(
                time.TotalSeconds, new TagList { { "pipeline", pipeline }, { "block", block }, { "state", state } }));
        }

        return measured;
    }
}
