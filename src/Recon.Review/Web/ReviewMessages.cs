using Microsoft.Extensions.Logging;

namespace Recon.Review.Web;

/// <summary>What the page tells of itself. No message holds a value of a record or the token.</summary>
internal static partial class ReviewMessages
{
    [LoggerMessage(400, LogLevel.Warning, "A page could not be shown ({Path}): {Fault}")]
    public static partial void PageFailed(this ILogger logger, string path, string fault);
}
