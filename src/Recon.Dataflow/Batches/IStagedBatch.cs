namespace Recon.Dataflow.Batches;

/// <summary>What a sink makes of a compared batch and writes later. The batch owns it.</summary>
internal interface IStagedBatch : IDisposable
{
    /// <summary>The number of rows.</summary>
    int Count { get; }
}
