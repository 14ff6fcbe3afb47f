using System.Globalization;

namespace Recon.Samples;

/// <summary>What one record of a file is: decided before any of its values, from seed and index alone.</summary>
/// <param name="Identity">The index of the record whose values it has: its own, or for a repeat that of the original.</param>
/// <param name="Outcome">What a run must make of it.</param>
/// <param name="Differences">The properties that HubSpot holds otherwise, one bit each by index in the object's list.</param>
internal readonly record struct RecordPlan(long Identity, DefectKind Dirt, RecordOutcome Outcome, long Id, ulong Differences)
{
    /// <summary>Whether this row repeats another one.</summary>
    public bool IsRepeat => Outcome == RecordOutcome.Folded;

    /// <summary>Whether the record itself is malformed.</summary>
    public bool IsMalformed => DamagesRecord(Dirt);

    /// <summary>Whether dirt of a kind makes a record malformed as CSV.</summary>
    public static bool DamagesRecord(DefectKind kind) => kind is DefectKind.TooManyFields or DefectKind.TooFewFields or DefectKind.StrayQuote
        or DefectKind.TextAfterQuote or DefectKind.UnclosedQuote;

    /// <summary>The legacy id as the file writes it.</summary>
    public string WrittenId => Dirt switch
    {
        DefectKind.IdEmpty => "",
        DefectKind.IdThousands => Id.ToString("N0", CultureInfo.InvariantCulture),
        DefectKind.IdScientific => Id.ToString("0.00E+00", CultureInfo.InvariantCulture),
        DefectKind.IdFullWidth => string.Concat(CanonicalId.Select(digit => (char)(digit - '0' + '\uFF10'))),
        DefectKind.IdLeadingSpace => " " + CanonicalId,
        DefectKind.IdDecimalTail or DefectKind.RepeatPaddedId => CanonicalId + ".0",
        DefectKind.IdNoBreakSpace => "\u00A0" + CanonicalId + "\u00A0",
        _ => CanonicalId,
    };

    /// <summary>The legacy id as the mirror writes it.</summary>
    public string CanonicalId => Id.ToString(CultureInfo.InvariantCulture);
}
