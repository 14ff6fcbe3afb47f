using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Diff;

/// <summary>One value of a row beside HubSpot's. Valid as long as the row's scratch room is.</summary>
internal ref struct ValuePair
{
    public required RecordBatch Batch;
    public required int Row;
    public required PropertyPlan Property;
    public required PropertyReader Reader;
    public required MirrorRows Mirror;
    public required int MirrorRow;

    /// <summary>The legacy value as the file has it.</summary>
    public required ReadOnlySpan<byte> Raw;

    /// <summary>The same after conversion.</summary>
    public required ReadOnlySpan<byte> Text;

    /// <summary>What the conversion had to decide.</summary>
    public required string? Remark;

    /// <summary>HubSpot's value as the mirror has it.</summary>
    public required ReadOnlySpan<byte> Hubspot;

    /// <summary>The same after the mirror's conversions.</summary>
    public required ReadOnlySpan<byte> Read;
}

/// <summary>Decides what becomes of a value that has a HubSpot record.</summary>
internal sealed class ValueJudge(ReconciliationPlan plan, Utf8Scratch scratch)
{
    // 2000-01-01T00:00:00Z. HubSpot has no record that old: such a number counts seconds, or is no time at all.
    private const long EarliestUpdate = 946_684_800_000;

    private readonly CutJudge _cuts = new(plan, scratch);

    /// <param name="cut">What the value is where it differs from HubSpot's in meaning.</param>
    public (VerdictKind Kind, string Rule) Decide(in ValuePair value, out CutVerdict cut)
    {
        cut = default;
        PropertyPlan property = value.Property;
        if (value.Text.IsEmpty)
        {
            if (value.Read.IsEmpty)
            {
                return (VerdictKind.Same, "both empty");
            }

            return property.Definition.OnNull == NullPolicy.Clear
                ? ByPolicy(value, hubspotIsEmpty: false)
                : (VerdictKind.LegacyEmpty, "an empty legacy value changes nothing");
        }

        if (value.Text.SequenceEqual(value.Read))
        {
            return (VerdictKind.Same, property.ComparisonKind);
        }

        if (!value.Read.IsEmpty)
        {
            if (value.Reader.Comparison.AreEqual(value.Text, value.Read, scratch)
                || (value.Remark == ValueRemarks.TimeAmbiguous && property.RepeatedHour?.AreReadingsOfOne(value.Text, value.Read) == true))
            {
                return (VerdictKind.SameByMeaning, property.ComparisonKind);
            }

            if (HubspotValues.WhyWithheld(property, value.Reader, value.Hubspot, value.Read, scratch) is { } rule)
            {
                return (VerdictKind.KeptBack, rule);
            }

            cut = _cuts.Judge(value);
            if (cut.Length is not null && property.OnTruncated != TruncatedPolicy.Stage)
            {
                return property.OnTruncated == TruncatedPolicy.Withhold
                    ? (VerdictKind.KeptBack, WithheldRules.Truncated)
                    : (VerdictKind.ValueRejected, ValueRejectReasons.Truncated);
            }
        }

        // What a conversion makes of it may be nothing, but HubSpot holds something.
        (VerdictKind Kind, string Rule) verdict = ByPolicy(value, value.Hubspot.IsEmpty);
        return verdict.Kind == VerdictKind.Change && value.Remark == ValueRemarks.NumberInvalid && !value.Hubspot.IsEmpty
            ? (VerdictKind.ValueRejected, ValueRejectReasons.NumberInvalid)
            : verdict;
    }

    private (VerdictKind Kind, string Rule) ByPolicy(in ValuePair value, bool hubspotIsEmpty)
        => value.Property.Definition.Policy switch
        {
            UpdatePolicy.CompareOnly => (VerdictKind.KeptBack, WithheldRules.CompareOnly),
            UpdatePolicy.FillBlank when !hubspotIsEmpty => (VerdictKind.KeptBack, WithheldRules.FillBlank),
            UpdatePolicy.FillBlank => (VerdictKind.Change, "fill-blank"),
            UpdatePolicy.Newest when !LegacyIsNewer(value) => (VerdictKind.KeptBack, WithheldRules.Newest),
            UpdatePolicy.Newest => (VerdictKind.Change, "newest"),
            _ => (VerdictKind.Change, "overwrite"),
        };

    // An unknown time on either side is not newer: never guess.
    private bool LegacyIsNewer(in ValuePair value)
    {
        if (plan.Updated is not var (column, chain, mirrorColumn))
        {
            return false;
        }

        ReadOnlySpan<byte> raw = value.Batch.Field(value.Row, column);
        ReadOnlySpan<byte> legacy = raw.IsEmpty ? default : chain.Convert(raw, scratch).Text;
        ReadOnlySpan<byte> hubspot = MirrorText.Read(
            value.Mirror.Raw(value.MirrorRow, mirrorColumn), value.Mirror.TypeOf(mirrorColumn), scratch);
        return IsoTime.TryParseCanonical(legacy, out long legacyTime)
            && MirrorInstant.TryRead(hubspot, out long hubspotTime)
            && hubspotTime >= EarliestUpdate
            && legacyTime > hubspotTime;
    }
}
