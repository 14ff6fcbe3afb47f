using Recon.Postgres.Queries;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Review.Model;

/// <summary>What became of records, in sentences.</summary>
internal static class Sentences
{
    /// <summary>Where there is no run whose result is there.</summary>
    public const string NoResult = "There is no result yet, so nothing is known of what would change in HubSpot.";

    /// <summary>What changes, what does not, and what cannot: of everything that was read.</summary>
    /// <param name="unread">Values that could not be read.</param>
    /// <param name="withheld">Differences that a rule withheld.</param>
    public static string Of(Account account, long unread, long withheld)
    {
        if (account.Read == 0)
        {
            return "No record was read, so nothing would change in HubSpot.";
        }

        string first = account.Changed == 0
            ? $"Of {Show(account.Read, "record")} none would change HubSpot"
            : $"{Show(account.Changed)} of {Show(account.Read, "record")} would change HubSpot";
        string[] others =
        [
            .. Part(account.Unchanged, "would change nothing", "would change nothing"),
            .. Part(account.Unmatched, "have no HubSpot record", "has no HubSpot record"),
            .. Part(account.Ambiguous + account.Conflict, "need a decision", "needs a decision"),
            .. Part(account.Rejected, "could not be used", "could not be used"),
            .. Part(account.Folded, "repeat another one", "repeats another one"),
            .. Part(account.Filtered, "are left out by the definition", "is left out by the definition"),
        ];
        string[] kept =
        [
            .. Part(unread, "values could not be read", "value could not be read"),
            .. Part(withheld, "differences were withheld by a rule", "difference was withheld by a rule"),
        ];
        return $"{first}{(others.Length == 0 ? "" : $"; {List(others)}")}.{(kept.Length == 0 ? "" : $" {List(kept)}: there HubSpot keeps what it has.")}";
    }

    /// <summary>The pipelines whose run is not a result; <see langword="null"/> when there are none.</summary>
    public static string? WithoutResult(IEnumerable<PipelineReport> pipelines)
    {
        string[] told = [.. pipelines.Where(each => each.WithoutResult is not null).Select(each => $"{each.Pipeline} ({each.WithoutResult})")];
        return told.Length == 0 ? null : $"Without a result, and part of no number above: {string.Join(", ", told)}.";
    }

    /// <summary>What a status means.</summary>
    public static string Meaning(string status) => status switch
    {
        "matched" => "one HubSpot record",
        "unmatched" => "no HubSpot record",
        "ambiguous" => "several HubSpot records, or one that several claim",
        "conflict" => "rows of one id that disagree",
        _ => "",
    };

    /// <summary>How many records name a parent that was not found.</summary>
    public static string Missing(ParentFacts parents)
    {
        string of = parents.RecordsNaming > 0 ? $"{Show(parents.RecordsMissing)} of {Show(parents.RecordsNaming, "record")}" : Show(parents.RecordsMissing, "record");
        string ids = parents.Ids is not { } different ? "an id"
            : different == 1 ? "the one id" : $"one of {Show(different)} ids";
        return $"{of} {(parents.RecordsMissing == 1 ? "names" : "name")} {ids} in {parents.Column} that led to no single record of {parents.Table}";
    }

    /// <summary>Why records differ from the run before.</summary>
    public static string Cause(string cause) => cause switch
    {
        CauseOfDifference.Legacy => "the export differs",
        CauseOfDifference.Hubspot => "HubSpot differs",
        CauseOfDifference.Both => "the export and HubSpot differ",
        CauseOfDifference.Claims => "other records claim the same HubSpot record",
        CauseOfDifference.Decision => "somebody decided",
        CauseOfDifference.Definition => "the definition differs",
        CauseOfDifference.Tool => "the version of recon differs",
        CauseOfDifference.Input => "not all runs read the same records",
        _ => "nothing that is staged says why",
    };

    /// <summary>From which status to which records went.</summary>
    public static string Change(StatusChangeFacts change) => $"{change.From ?? "not there"} → {change.To ?? "gone"}";

    /// <summary>Why they did.</summary>
    public static string Why(StatusChangeFacts change) => change.Causes is [var only] ? only.Meaning
        : string.Join(", ", change.Causes.Select(cause => $"{cause.Meaning} ({Show(cause.Records)})"));

    private static IEnumerable<string> Part(long count, string many, string one)
        => count == 0 ? [] : [$"{Show(count)} {(count == 1 ? one : many)}"];

    private static string List(string[] parts) => parts is [var only] ? only : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
}
