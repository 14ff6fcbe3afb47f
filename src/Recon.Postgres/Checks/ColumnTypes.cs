using Recon.Dataflow.Batches;
using Recon.Dataflow.Values;

namespace Recon.Postgres.Checks;

/// <summary>Which column types make sense for what they hold.</summary>
internal static class ColumnTypes
{
    /// <summary>Why values of a column cannot be compared as the property says; <see langword="null"/> when they can.</summary>
    public static string? WhyNotComparable(ComparisonKind kind, MirrorType type)
    {
        // Text and JSON hold whatever the synchronisation wrote.
        if (type is MirrorType.Text or MirrorType.Json or MirrorType.Jsonb)
        {
            return null;
        }

        return kind switch
        {
            ComparisonKind.Number => type is MirrorType.Boolean or MirrorType.Uuid || IsTime(type) ? "it holds no numbers" : null,
            ComparisonKind.Boolean => type is MirrorType.Boolean or MirrorType.Int2 or MirrorType.Int4 ? null : "it holds no truth values",
            ComparisonKind.Date => WhyNotATime(type),
            ComparisonKind.Datetime => type == MirrorType.Date ? "it has no time of day" : WhyNotATime(type),
            ComparisonKind.Enumeration => type is MirrorType.Float4 or MirrorType.Float8 || IsTime(type)
                ? "internal values are texts, integers or truth values" : null,
            ComparisonKind.Text or ComparisonKind.TextIgnoringWhitespace => type == MirrorType.Uuid
                ? null : "one value has several spellings, and as text they differ",
            _ => "it holds no texts",
        };
    }

    /// <summary>Why a column cannot hold HubSpot ids of parents; <see langword="null"/> when it can.</summary>
    public static string? WhyNotAnId(MirrorType type) => type switch
    {
        MirrorType.Int8 or MirrorType.Numeric or MirrorType.Text or MirrorType.Json or MirrorType.Jsonb => null,
        MirrorType.Int4 or MirrorType.Int2 => "HubSpot ids exceed its range",
        _ => "it holds no ids",
    };

    /// <summary>Whether a column holds times as such.</summary>
    public static bool IsTime(MirrorType type)
        => type is MirrorType.Date or MirrorType.Timestamp or MirrorType.TimestampTz;

    /// <summary>Comparisons that suit a type, as the definition spells them.</summary>
    public static string Suited(MirrorType type) => type switch
    {
        MirrorType.Boolean => "\"boolean\"",
        MirrorType.Date => "\"date\"",
        MirrorType.Timestamp or MirrorType.TimestampTz => "\"datetime\"",
        MirrorType.Uuid => "\"text\"",
        _ => "\"number\"",
    };

    private static string? WhyNotATime(MirrorType type) => type switch
    {
        MirrorType.Date or MirrorType.Timestamp or MirrorType.TimestampTz => null,

        // Milliseconds since 1970, as HubSpot writes them.
        MirrorType.Int8 or MirrorType.Numeric or MirrorType.Float8 => null,
        MirrorType.Int2 or MirrorType.Int4 or MirrorType.Float4 => "milliseconds since 1970 do not fit into it",
        _ => "it holds no times",
    };
}
