using System.Globalization;

namespace Recon.Samples;

/// <summary>What one record of a file is: decided before any of its values, from seed and index alone.</summary>
/// <param name="Identity">The index of the record whose values it has: its own, or for a repeat that of the original.</param>
/// <param name="Outcome">What a run must make of it.</param>
/// <param name="Differences">The properties that HubSpot holds otherwise, one bit each by index in the object's list.</param>
internal readonly record struct RecordPlan(long Identity, DirtKind Dirt, RecordOutcome Outcome, long Id, ulong Differences)
{
    /// <summary>Whether this row repeats another one.</summary>
    public bool IsRepeat => Outcome == RecordOutcome.Folded;

    /// <summary>Whether this row repeats another one and disagrees with it.</summary>
    public bool Disagrees => Dirt is DirtKind.RepeatDisagrees or DirtKind.RepeatDisagreesFar;

    /// <summary>Whether the record itself is malformed.</summary>
    public bool IsMalformed => DamagesRecord(Dirt);

    /// <summary>Whether dirt of a kind makes a record malformed as CSV.</summary>
    public static bool DamagesRecord(DirtKind kind) => kind is DirtKind.TooManyFields or DirtKind.TooFewFields or DirtKind.StrayQuote
        or DirtKind.TextAfterQuote or DirtKind.UnclosedQuote;

    /// <summary>The legacy id as the file writes it.</summary>
    public string WrittenId => Dirt switch
    {
        DirtKind.IdEmpty => "",
        DirtKind.IdThousands => Id.ToString("N0", CultureInfo.InvariantCulture),
        DirtKind.IdScientific => Id.ToString("0.00E+00", CultureInfo.InvariantCulture),
        DirtKind.IdFullWidth => string.Concat(CanonicalId.Select(digit => (char)(digit - '0' + '\uFF10'))),
        DirtKind.IdLeadingSpace => " " + CanonicalId,
        DirtKind.IdDecimalTail or DirtKind.RepeatPaddedId => CanonicalId + ".0",
        DirtKind.IdNoBreakSpace => "\u00A0" + CanonicalId + "\u00A0",
        _ => CanonicalId,
    };

    /// <summary>The legacy id as the mirror writes it.</summary>
    public string CanonicalId => Id.ToString(CultureInfo.InvariantCulture);
}
