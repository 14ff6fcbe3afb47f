using Microsoft.Extensions.Logging;

namespace Recon.Cli.Commands.Cluster;

internal static partial class JobMessages
{
    [LoggerMessage(510, LogLevel.Warning, "The coordinator of run {Job}, begun by {StartedBy}, is gone: this process takes its place, and goes on with the run.")]
    public static partial void TakenOver(this ILogger logger, Guid job, string startedBy);

    [LoggerMessage(511, LogLevel.Warning, "Another process has taken run {Job} over, as this one gave no sign of life.")]
    public static partial void Replaced(this ILogger logger, Guid job);

    [LoggerMessage(512, LogLevel.Warning, "Coordinating the run is tried again: {Reason}")]
    public static partial void TakeOverFailed(this ILogger logger, string reason);

    [LoggerMessage(513, LogLevel.Warning, "That the run has ended could not be told to the other processes: {Reason}")]
    public static partial void JobNotEnded(this ILogger logger, string reason);

    [LoggerMessage(514, LogLevel.Warning, "This process cannot go on with the run, and leaves that to others: {Reason}")]
    public static partial void NotTakenOver(this ILogger logger, string reason);
}
