using Microsoft.Extensions.Logging;

namespace Recon.Cluster;

internal static partial class ClusterMessages
{
    [LoggerMessage(500, LogLevel.Warning, "Cluster: {Text}")]
    public static partial void ClusterTold(this ILogger logger, string text);

    [LoggerMessage(501, LogLevel.Debug, "Cluster: the job's row could not be read: the coordinator is looked for in the process that has been there longest.")]
    public static partial void CoordinatorUnknown(this ILogger logger, Exception exception);

    [LoggerMessage(502, LogLevel.Warning, "Cluster: the other processes have given this one up, as it gave no sign of life ({Reason}). It joins them again.")]
    public static partial void GivenUp(this ILogger logger, string reason);

    [LoggerMessage(503, LogLevel.Warning, "Cluster: joining the other processes failed, and is tried again: {Reason}")]
    public static partial void JoiningFailed(this ILogger logger, string reason);
}
