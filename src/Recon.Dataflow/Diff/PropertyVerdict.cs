using Recon.Dataflow.Text;

namespace Recon.Dataflow.Diff;

/// <summary>What was decided about one property of one record.</summary>
public enum VerdictKind
{
    /// <summary>Both sides hold the same text.</summary>
    Same,

    /// <summary>The values differ as text but mean the same.</summary>
    SameByMeaning,

    /// <summary>The legacy side has no value, so nothing happens.</summary>
    LegacyEmpty,

    /// <summary>The change is staged.</summary>
    Change,

    /// <summary>The values differ, but the policy withholds the change.</summary>
    KeptBack,

    /// <summary>The legacy value failed its conversion, so nothing is staged.</summary>
    ValueRejected,

    /// <summary>The property does not apply to this record.</summary>
    NotApplicable,

    /// <summary>There is no HubSpot record to compare with.</summary>
    NoRecord,
}

/// <summary>How one property of one record was reconciled.</summary>
/// <param name="Property">The HubSpot property.</param>
/// <param name="Raw">The legacy text before conversion; <see langword="null"/> when there is none.</param>
/// <param name="Converted">The legacy text after conversion; <see langword="null"/> when there is none.</param>
/// <param name="Hubspot">HubSpot's text; <see langword="null"/> when there is none.</param>
/// <param name="Kind">What was decided.</param>
/// <param name="Rule">The comparison, policy or reject reason that decided.</param>
public sealed record PropertyVerdict(
    string Property, string? Raw, string? Converted, string? Hubspot, VerdictKind Kind, string Rule)
{
    /// <summary>The length at which the legacy text was cut; <see langword="null"/> where it was not.</summary>
    internal TextLength? CutAt { get; init; }
}
