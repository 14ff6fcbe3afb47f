namespace Recon.Dataflow.Telemetry;

/// <summary>Where the time of the blocks of a graph went: of one in this process, or of several that work on one run. Thread-safe.</summary>
internal interface IGraphTimes
{
    /// <summary>When it was started, as a timestamp of the clock.</summary>
    long StartedAt { get; }

    /// <summary>From start to stop, or to now.</summary>
    TimeSpan Window { get; }

    /// <summary>The time of a block's workers so far.</summary>
    BlockTimes Of(int block);

    /// <summary>The times of all blocks at one moment, in their order.</summary>
    (TimeSpan Window, BlockTimes[] Times) Read();
}
