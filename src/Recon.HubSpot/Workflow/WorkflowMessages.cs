using Microsoft.Extensions.Logging;

namespace Recon.HubSpot.Workflow;

/// <summary>What the workflow client logs: no secret and no value of a record.</summary>
internal static partial class WorkflowMessages
{
    [LoggerMessage(200, LogLevel.Warning, "{Server} {Why}; trying again in {Seconds:0.0} s.")]
    public static partial void CallRetried(this ILogger logger, string server, string why, double seconds);
}
