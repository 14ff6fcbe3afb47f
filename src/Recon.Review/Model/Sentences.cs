using Recon.Postgres.Queries;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Review.Model;

/// <summary>What became of records, in sentences.</summary>
internal static class Sentences
{
    /// <summary>What changes, what does not, and what cannot: of everything that was read.</summary>
    public static string Of(Account account)
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
            .. Part(account.Equal, "already agree with it", "already agrees with it"),
            .. Part(account.Unmatched, "have no HubSpot record", "has no HubSpot record"),
            .. Part(account.Ambiguous + account.Conflict, "need a decision", "needs a decision"),
            .. Part(account.Rejected, "could not be used", "could not be used"),
            .. Part(account.Folded, "repeat another one", "repeats another one"),
            .. Part(account.Filtered, "are left out by the definition", "is left out by the definition"),
        ];
        return others.Length == 0 ? $"{first}." : $"{first}; {List(others)}.";
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

    /// <summary>Why records differ from the run before.</summary>
    public static string Cause(string cause) => cause switch
    {
        CauseOfDifference.Legacy => "the export differs",
        CauseOfDifference.Hubspot => "HubSpot differs",
        CauseOfDifference.Both => "the export and HubSpot differ",
        CauseOfDifference.Claims => "other records claim the same HubSpot record",
        CauseOfDifference.Definition => "the definition differs",
        CauseOfDifference.Tool => "the version of recon differs",
        CauseOfDifference.Input => "not all runs read the same records",
        _ => "nothing that is staged says why",
    };

    private static IEnumerable<string> Part(long count, string many, string one)
        => count == 0 ? [] : [$"{Show(count)} {(count == 1 ? one : many)}"];

    private static string List(string[] parts) => parts is [var only] ? only : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
}
