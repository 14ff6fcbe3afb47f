using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>
/// What happens when several legacy records are matched with one HubSpot record: the one that was found by the strongest
/// rule keeps it, and where several were found by that rule, none does.
/// </summary>
internal static class Claims
{
    /// <summary>Most claimants that a note names.</summary>
    public const int MostNamed = 50;

    /// <summary>What a note begins with, before the HubSpot id: contested rows are found again by it.</summary>
    public const string NoteStart = "HubSpot record ";

    /// <summary>What follows the HubSpot id in a note.</summary>
    public const string NoteMiddle = " is claimed by ";

    /// <summary>What follows the number of claimants in a note.</summary>
    public const string NoteList = " legacy records: ";

    /// <summary>The place of <see cref="RecordMatcher.LegacyIdRule"/> in <see cref="RulesByStrength"/>, from 0.</summary>
    public const int LegacyIdStrength = 1;

    /// <summary>
    /// Counts records that lost their claim although their legacy id itself led to the HubSpot record, because another id did, too:
    /// two spellings of one id.
    /// </summary>
    public const string RespelledRemark = "id/respelled";

    /// <summary>Whether two legacy records can be matched with one HubSpot record, and this matters.</summary>
    /// <param name="isOneToOne">Whether the match lookup finds a HubSpot record by one legacy id only, and nobody decided on one.</param>
    public static bool MayMeet(ValidPipeline pipeline, bool isOneToOne)
        => pipeline.Claims == ClaimPolicy.One
            && (!isOneToOne || pipeline.Lookups.Any(lookup => lookup.Role == LookupRole.Fallback));

    /// <summary>The match rules of a pipeline, the strongest first.</summary>
    public static IReadOnlyList<string> RulesByStrength(ValidPipeline pipeline) =>
    [
        RecordMatcher.DecisionRule,
        RecordMatcher.LegacyIdRule,
        RecordMatcher.MergedRule,
        .. pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Fallback).Select(lookup => lookup.Label),
    ];

    /// <summary>A rule's place in the order of strength: the smaller the stronger.</summary>
    public static int Strength(string? rule, IReadOnlyList<string> byStrength)
    {
        for (int index = 0; index < byStrength.Count; index++)
        {
            if (byStrength[index] == rule)
            {
                return index;
            }
        }

        return byStrength.Count;
    }
}
