namespace Recon.Dataflow.Batches;

/// <summary>What a sink's encoder made of a batch.</summary>
internal interface IStagedRows : IDisposable
{
    /// <summary>Bytes that it holds; 0 where nobody knows.</summary>
    long HeldBytes { get; }
}
