namespace Recon.Dataflow.Values.Time;

/// <summary>What comparisons of days and of instants have in common: the mirror's types that hold times.</summary>
internal abstract record TimeComparisonDefinition : ComparisonDefinition
{
    protected override string? WhyNotTyped(MirrorType type) => type switch
    {
        MirrorType.Date or MirrorType.Timestamp or MirrorType.TimestampTz => null,

        // Milliseconds since 1970, as HubSpot writes them.
        MirrorType.Int8 or MirrorType.Numeric or MirrorType.Float8 => null,
        MirrorType.Int2 or MirrorType.Int4 or MirrorType.Float4 => "milliseconds since 1970 do not fit into it",
        _ => "it holds no times",
    };
}
