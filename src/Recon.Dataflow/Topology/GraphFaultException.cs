namespace Recon.Dataflow.Topology;

/// <summary>The first fault of a graph: which block failed on which batch. The cause is the inner exception.</summary>
/// <param name="block">The block's name.</param>
/// <param name="batch">Number and range of the batch; holds no data of the records.</param>
/// <param name="cause">What was thrown.</param>
public sealed class GraphFaultException(string block, string batch, Exception cause)
    : Exception($"Block '{block}' failed on {batch}: {cause.Message}", cause)
{
    /// <summary>The block's name.</summary>
    public string Block { get; } = block;

    /// <summary>Number and range of the batch.</summary>
    public string Batch { get; } = batch;
}
