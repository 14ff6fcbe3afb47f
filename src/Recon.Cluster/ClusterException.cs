namespace Recon.Cluster;

/// <summary>The processes of a job cannot come together as they were told to.</summary>
internal sealed class ClusterException(string message, Exception? inner = null) : Exception(message, inner);
