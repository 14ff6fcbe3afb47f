using Recon.Dataflow.Values;

namespace Recon.Postgres.Checks;

/// <summary>Which column types make sense for what they hold.</summary>
internal static class ColumnTypes
{
    /// <summary>Why a column cannot hold HubSpot ids of parents; <see langword="null"/> when it can.</summary>
    public static string? WhyNotAnId(MirrorType type) => type switch
    {
        MirrorType.Int8 or MirrorType.Numeric or MirrorType.Text or MirrorType.Json or MirrorType.Jsonb => null,
        MirrorType.Int4 or MirrorType.Int2 => "HubSpot ids exceed its range",
        _ => "it holds no ids",
    };

    /// <summary>Comparisons that suit a type, as the definition spells them.</summary>
    public static string Suited(MirrorType type) => type switch
    {
        MirrorType.Boolean => "\"boolean\"",
        MirrorType.Date => "\"date\"",
        MirrorType.Timestamp or MirrorType.TimestampTz => "\"datetime\"",
        MirrorType.Uuid => "\"text\"",
        _ => "\"number\"",
    };
}
