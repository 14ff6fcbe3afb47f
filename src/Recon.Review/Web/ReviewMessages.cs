using Microsoft.Extensions.Logging;

namespace Recon.Review.Web;

/// <summary>What the page tells of itself. No message holds a value of a record or the token.</summary>
internal static partial class ReviewMessages
{
    [LoggerMessage(400, LogLevel.Warning, "A page could not be shown ({Path}): {Fault}")]
    public static partial void PageFailed(this ILogger logger, string path, string fault);

    [LoggerMessage(401, LogLevel.Warning, "{Reviewer} has asked to see {What} of the record of {Pipeline} in {File}, line {Line}.")]
    public static partial void Revealed(this ILogger logger, string reviewer, string what, string pipeline, string file, long line);
}
