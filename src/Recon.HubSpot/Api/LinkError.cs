using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>An error in an answer to a batch of associations, and the records that it names.</summary>
/// <param name="From">Those that it names as where an association starts.</param>
/// <param name="To">Those that it names as where one ends.</param>
/// <param name="Either">Those that it names without saying which end they are.</param>
internal sealed record LinkError(HashSet<string> From, HashSet<string> To, HashSet<string> Either, ApiError Error)
{
    // What does not exist is at fault in each of its pairs; any other fault of a record may be that of one of them.
    private const string NotThere = "OBJECT_NOT_FOUND";

    public static LinkError Of(JsonElement error, int status) => new(
        Named(error, "fromObjectId"), Named(error, "toObjectId"), Named(error, "ids", "id"), ErrorReader.Read(error, status));

    /// <summary>Whether the error says so much of a pair that it is refused: it names both ends, or one that does not exist.</summary>
    public bool IsAbout((string From, string To) pair)
        => HasFrom(pair) && HasTo(pair) || (Error.Category == NotThere && Touches(pair));

    /// <summary>Whether it names an end of a pair.</summary>
    public bool Touches((string From, string To) pair) => HasFrom(pair) || HasTo(pair);

    private bool HasFrom((string From, string To) pair) => From.Contains(pair.From) || Either.Contains(pair.From);

    private bool HasTo((string From, string To) pair) => To.Contains(pair.To) || Either.Contains(pair.To);

    private static HashSet<string> Named(JsonElement error, params IReadOnlyList<string> names)
        => ErrorReader.Context(error, names).ToHashSet(StringComparer.Ordinal);
}
