using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Lookups;

/// <summary>Says why ids were not found, and what finds them.</summary>
internal static class MissText
{
    /// <param name="count">Ids that the cause explains.</param>
    /// <param name="ids">Ids that were asked for.</param>
    /// <param name="areAll">Whether there were no more.</param>
    public static string Of(ValidLookup lookup, MissCause cause, int count, int ids, bool areAll)
    {
        bool isParent = lookup.Role == LookupRole.Parent;
        string who = $"{Show(count)} of {(areAll ? "" : "a sample of ")}{Show(ids, "id")} in {lookup.From}{(isParent ? $" (parent '{lookup.Label}')" : "")} that were not found";
        string key = $"{lookup.Table}.{lookup.Key}";
        return cause switch
        {
            MissCause.Type => $"{who} are in {key} as {(isParent ? "\"fromType\"" : "\"idType\"")} of another kind: "
                + $"{(isParent ? "leave \"fromType\" out, or give it" : "give \"idType\"")} the value \"{(lookup.IdType == IdType.Number ? "text" : "number")}\".",
            MissCause.Conditions => $"{who} are in rows of {lookup.Table} that \"where\" leaves out.",
            _ => $"{who} are in {key} {Spelling(cause)} of the {BlockOf(lookup)} finds them.",
        };
    }

    /// <summary>The block whose "idForm" counts for a lookup.</summary>
    public static string BlockOf(ValidLookup lookup) => lookup.Role == LookupRole.Parent ? $"lookup '{lookup.Label}'" : "csv block";

    private static string Spelling(MissCause cause) => cause switch
    {
        MissCause.Zeros => "with more or fewer leading zeros: \"idForm\": \"no-leading-zeros\"",
        MissCause.Tail => "with a .0 tail: \"idForm\": \"decimal\"",
        _ => "with white space around them: \"idForm\": \"trim\"",
    };
}
