using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Topology;

/// <summary>What takes the batches of a run from its input to their commit: the blocks of this process, or workers elsewhere.</summary>
internal interface IBatchGraph
{
    /// <summary>The blocks, in the order in which a batch passes them.</summary>
    IReadOnlyList<BlockStats> Blocks { get; }

    /// <summary>Where the time of the blocks' workers goes.</summary>
    IGraphTimes Times { get; }

    /// <summary>What of the processors was in use while it ran, or is in use so far.</summary>
    ProcessorUse Processors { get; }

    /// <summary>How long somebody has held the reader.</summary>
    TimeSpan Paused { get; }

    /// <summary>The most batches that were between reader and commit at one time.</summary>
    long MostResidentBatches { get; }

    /// <summary>Runs until the input ends, somebody stops it, or something fails.</summary>
    /// <param name="stopReading">Ends reading; what is in flight is still committed.</param>
    /// <param name="abort">Ends everything at once; batches in flight are not committed.</param>
    /// <returns><see langword="true"/> when the whole input was committed, <see langword="false"/> when reading was stopped.</returns>
    /// <exception cref="OperationCanceledException">It was aborted.</exception>
    Task<bool> RunAsync(CancellationToken stopReading, CancellationToken abort);
}
