using Microsoft.Extensions.Logging;

namespace Recon.Cli.Hosting;

/// <summary>What commands tell of themselves, where it goes to machines. A text is what people would read.</summary>
internal static partial class CliMessages
{
    [LoggerMessage(300, LogLevel.Warning, "{Text}")]
    public static partial void Told(this ILogger logger, string text);

    [LoggerMessage(301, LogLevel.Information, "{Text}")]
    public static partial void Noted(this ILogger logger, string text);

    [LoggerMessage(302, LogLevel.Error, "{Text} (Exit code {ExitCode}.)")]
    public static partial void Failed(this ILogger logger, string text, int exitCode, Exception? exception);
}
