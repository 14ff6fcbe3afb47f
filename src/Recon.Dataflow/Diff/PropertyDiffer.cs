using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Diff;

/// <summary>
/// Compares the properties of one row. Afterwards <see cref="Updates"/>, <see cref="Previous"/> and
/// <see cref="Converted"/> hold the row's result, until the next row.
/// </summary>
#pragma warning disable CA1001 // A writer over memory holds nothing that has to be freed.
internal sealed class PropertyDiffer
#pragma warning restore CA1001
{
    private const int MostCharacters = 65_536;

    // 2000-01-01T00:00:00Z. HubSpot has no record that old: such a number counts seconds, or is no time at all.
    private const long EarliestUpdate = 946_684_800_000;

    private readonly ReconciliationPlan _plan;
    private readonly Utf8Scratch _scratch;
    private readonly ArrayBufferWriter<byte> _updates = new(1024);
    private readonly ArrayBufferWriter<byte> _previous = new(1024);
    private readonly Utf8JsonWriter _updatesJson;
    private readonly Utf8JsonWriter _previousJson;

    // Converted values that staging columns hold, copied because scratch room is reused within the row.
    private readonly ArrayBufferWriter<byte> _converted = new(512);
    private readonly (int Start, int Length)[] _convertedAt;
    private readonly bool[] _keepConverted;

    private readonly PropertyTally _tally;
    private readonly CutJudge _cuts;

    // What the current value is, where it differs from HubSpot's.
    private CutVerdict _cut;

    public PropertyDiffer(ReconciliationPlan plan, Utf8Scratch scratch)
    {
        _plan = plan;
        _scratch = scratch;
        _updatesJson = new Utf8JsonWriter(_updates, ReconciliationPlan.JsonOptions);
        _previousJson = new Utf8JsonWriter(_previous, ReconciliationPlan.JsonOptions);
        int count = plan.Properties.Length;
        _convertedAt = new (int, int)[count];
        _keepConverted = new bool[count];
        foreach (StagedColumnPlan staged in plan.Staged)
        {
            if (staged is { Source: StagedSource.Converted, Index: >= 0 })
            {
                _keepConverted[staged.Index] = true;
            }
        }

        _tally = new PropertyTally(plan.Properties);
        _cuts = new CutJudge(plan, scratch);
    }

    /// <summary>Whether the row has at least one change.</summary>
    public bool HasChanges { get; private set; }

    /// <summary>The changed properties as a JSON object of strings. Only when there are changes.</summary>
    public ReadOnlySpan<byte> Updates => _updates.WrittenSpan;

    /// <summary>What HubSpot holds for the changed properties, as a JSON object of strings and nulls. Only when there are changes.</summary>
    public ReadOnlySpan<byte> Previous => _previous.WrittenSpan;

    /// <summary>A property's legacy value after conversion; empty for none.</summary>
    public ReadOnlySpan<byte> Converted(int property)
        => property < 0
            ? default
            : _converted.WrittenSpan.Slice(_convertedAt[property].Start, _convertedAt[property].Length);

    /// <summary>Compares a row.</summary>
    /// <returns>The property whose value rejects the whole record, or <see langword="null"/>.</returns>
    public string? Diff(
        RecordBatch batch, int row, MirrorRows? mirror, int mirrorRow, StringBuilder notes, List<PropertyVerdict>? verdicts)
    {
        HasChanges = false;
        _converted.ResetWrittenCount();
        _tally.BeginRow();
        PropertyPlan[] properties = _plan.Properties;
        for (int index = 0; index < properties.Length; index++)
        {
            PropertyPlan property = properties[index];
            _convertedAt[index] = default;
            if (property.When is { } when && !when.Holds(batch, row))
            {
                verdicts?.Add(new PropertyVerdict(
                    property.Definition.Property, null, null, null, VerdictKind.NotApplicable, "when"));
                continue;
            }

            PropertyReader reader = Reader(property, batch, row);
            ReadOnlySpan<byte> raw = Raw(property, batch, row);
            ConvertedValue value = raw.IsEmpty || property.Constant is not null || property.ParentLookup >= 0
                ? ConvertedValue.Of(raw)
                : Convert(reader, index, raw);
            if (!value.Failed && IsTooLong(value.Text))
            {
                value = ConvertedValue.Fail(ValueRejectReasons.TooLong);
            }

            if (value.Failed)
            {
                CountRejected(batch.Counts, property, value.Reason!, raw);
                if (value.RejectsRow)
                {
                    Close();
                    return property.Definition.Property;
                }

                Notes.Separate(notes).Append(property.Definition.Property).Append(" not staged: ").Append(value.Reason);
                verdicts?.Add(Verdict(property, raw, default, mirror, mirrorRow, VerdictKind.ValueRejected, value.Reason!));
                continue;
            }

            ReadOnlySpan<byte> text = value.Text;
            if (value.Remark is { } remark)
            {
                _tally.Remarked(index, remark);
            }

            if (text.IsEmpty && property.Default is { } fallback)
            {
                text = fallback;
            }

            if (text.IsEmpty && property.Definition.Required)
            {
                CountRejected(batch.Counts, property, ValueRejectReasons.RequiredMissing, default);
                Notes.Separate(notes).Append(property.Definition.Property).Append(": ")
                    .Append(ValueRejectReasons.RequiredMissing);
            }

            if (_keepConverted[index])
            {
                ReadOnlySpan<byte> composed = CanonicalForm.Of(text, _scratch);
                _convertedAt[index] = (_converted.WrittenCount, composed.Length);
                _converted.Write(composed);
            }

            if (mirror is null)
            {
                verdicts?.Add(Verdict(property, raw, text, null, -1, VerdictKind.NoRecord, "no HubSpot record"));
                continue;
            }

            Compare(batch, row, index, property, reader, raw, text, value.Remark, mirror, mirrorRow, notes, verdicts);
        }

        Close();
        _tally.EndRow();
        return null;
    }

    /// <summary>Moves what was counted since the last call into a batch's counts.</summary>
    public void FlushCounts(BatchCounts counts) => _tally.Flush(counts);

    private ConvertedValue Convert(PropertyReader reader, int index, ReadOnlySpan<byte> raw)
    {
        _tally.Converted(index);
        return reader.Chain.Convert(raw, _scratch);
    }

    private void Compare(
        RecordBatch batch,
        int row,
        int index,
        PropertyPlan property,
        PropertyReader reader,
        ReadOnlySpan<byte> raw,
        ReadOnlySpan<byte> text,
        string? remark,
        MirrorRows mirror,
        int mirrorRow,
        StringBuilder notes,
        List<PropertyVerdict>? verdicts)
    {
        ReadOnlySpan<byte> hubspot = MirrorText.Read(
            mirror.Raw(mirrorRow, property.Mirror), mirror.TypeOf(property.Mirror), _scratch);
        ReadOnlySpan<byte> read = reader.ReadMirror(hubspot, _scratch);
        _cut = default;
        (VerdictKind kind, string rule) = Decide(batch, row, property, reader, raw, text, remark, hubspot, read, mirror, mirrorRow);
        switch (kind)
        {
            case VerdictKind.Same or VerdictKind.SameByMeaning when !raw.SequenceEqual(hubspot):
                _tally.Suppressed(index);
                break;
            case VerdictKind.KeptBack:
                _tally.KeptBack(index, rule, _tally.WantsSample(index, rule, At(batch, row)) ? Sample(batch, row, property, rule, text, hubspot) : null);
                break;
            case VerdictKind.Change:
                _tally.Changed(index);
                text = HubspotValues.Replace(property, text, read, _scratch);
                Stage(property, text, hubspot);
                if (_cut.IsSuspicious || _cut.Length is not null)
                {
                    Suspect(batch, row, index, property, text, hubspot, notes);
                }

                break;
            case VerdictKind.ValueRejected:
                CountRejected(batch.Counts, property, rule, raw);
                Notes.Separate(notes).Append(property.Definition.Property).Append(" not staged: ").Append(rule);
                break;
            default:
                break;
        }

        verdicts?.Add(Verdict(property, raw, text, mirror, mirrorRow, kind, rule) with { CutAt = _cut.Length });
    }

    private (VerdictKind Kind, string Rule) Decide(
        RecordBatch batch,
        int row,
        PropertyPlan property,
        PropertyReader reader,
        ReadOnlySpan<byte> raw,
        ReadOnlySpan<byte> text,
        string? remark,
        ReadOnlySpan<byte> hubspot,
        ReadOnlySpan<byte> read,
        MirrorRows mirror,
        int mirrorRow)
    {
        if (text.IsEmpty)
        {
            if (read.IsEmpty)
            {
                return (VerdictKind.Same, "both empty");
            }

            return property.Definition.OnNull == NullPolicy.Clear
                ? ByPolicy(batch, row, property, hubspotIsEmpty: false, mirror, mirrorRow)
                : (VerdictKind.LegacyEmpty, "an empty legacy value changes nothing");
        }

        if (text.SequenceEqual(read))
        {
            return (VerdictKind.Same, property.ComparisonKind);
        }

        if (!read.IsEmpty)
        {
            if (reader.Comparison.AreEqual(text, read, _scratch)
                || (remark == ValueRemarks.TimeAmbiguous && property.RepeatedHour?.AreReadingsOfOne(text, read) == true))
            {
                return (VerdictKind.SameByMeaning, property.ComparisonKind);
            }

            if (HubspotValues.WhyWithheld(property, reader, hubspot, read, _scratch) is { } rule)
            {
                return (VerdictKind.KeptBack, rule);
            }

            _cut = _cuts.Judge(batch, row, property, raw, text, remark, read);
            if (_cut.Length is not null && property.OnTruncated != TruncatedPolicy.Stage)
            {
                return property.OnTruncated == TruncatedPolicy.Withhold
                    ? (VerdictKind.KeptBack, WithheldRules.Truncated)
                    : (VerdictKind.ValueRejected, ValueRejectReasons.Truncated);
            }
        }

        // What a conversion makes of it may be nothing, but HubSpot holds something.
        return ByPolicy(batch, row, property, hubspot.IsEmpty, mirror, mirrorRow);
    }

    private (VerdictKind Kind, string Rule) ByPolicy(
        RecordBatch batch, int row, PropertyPlan property, bool hubspotIsEmpty, MirrorRows mirror, int mirrorRow)
        => property.Definition.Policy switch
        {
            UpdatePolicy.CompareOnly => (VerdictKind.KeptBack, WithheldRules.CompareOnly),
            UpdatePolicy.FillBlank when !hubspotIsEmpty => (VerdictKind.KeptBack, WithheldRules.FillBlank),
            UpdatePolicy.FillBlank => (VerdictKind.Change, "fill-blank"),
            UpdatePolicy.Newest when !LegacyIsNewer(batch, row, mirror, mirrorRow) => (VerdictKind.KeptBack, WithheldRules.Newest),
            UpdatePolicy.Newest => (VerdictKind.Change, "newest"),
            _ => (VerdictKind.Change, "overwrite"),
        };

    // An unknown time on either side is not newer: never guess.
    private bool LegacyIsNewer(RecordBatch batch, int row, MirrorRows mirror, int mirrorRow)
    {
        if (_plan.Updated is not var (column, chain, mirrorColumn))
        {
            return false;
        }

        ReadOnlySpan<byte> raw = batch.Field(row, column);
        ReadOnlySpan<byte> legacy = raw.IsEmpty ? default : chain.Convert(raw, _scratch).Text;
        ReadOnlySpan<byte> hubspot = MirrorText.Read(
            mirror.Raw(mirrorRow, mirrorColumn), mirror.TypeOf(mirrorColumn), _scratch);
        return IsoTime.TryParseCanonical(legacy, out long legacyTime)
            && MirrorInstant.TryRead(hubspot, out long hubspotTime)
            && hubspotTime >= EarliestUpdate
            && legacyTime > hubspotTime;
    }

    private PropertyReader Reader(PropertyPlan property, RecordBatch batch, int row)
        => property.Regions is { } regions ? regions.Of(batch.Field(row, regions.Column), _scratch) : property.Reader;

    private ReadOnlySpan<byte> Raw(PropertyPlan property, RecordBatch batch, int row)
    {
        if (property.Columns.Length == 1)
        {
            return batch.Field(row, property.Columns[0]);
        }

        if (property.ParentLookup >= 0)
        {
            LookupAnswer answer = batch.Answers[property.ParentLookup]!;
            ReadOnlySpan<int> parents = answer.Candidates(row);
            if (parents.Length != 1)
            {
                return default;
            }

            Span<byte> room = _scratch.Take(20);
            Utf8Formatter.TryFormat(answer.Rows.HubspotId(parents[0]), room, out int written);
            return room[..written];
        }

        return property.Constant ?? Join(property, batch, row);
    }

    private ReadOnlySpan<byte> Join(PropertyPlan property, RecordBatch batch, int row)
    {
        int size = 0;
        foreach (int column in property.Columns)
        {
            size += batch.Field(row, column).Length + property.Separator.Length;
        }

        Span<byte> room = _scratch.Take(size);
        int used = 0;
        foreach (int column in property.Columns)
        {
            ReadOnlySpan<byte> field = batch.Field(row, column);
            if (field.IsEmpty)
            {
                continue;
            }

            if (used > 0)
            {
                property.Separator.CopyTo(room[used..]);
                used += property.Separator.Length;
            }

            field.CopyTo(room[used..]);
            used += field.Length;
        }

        return room[..used];
    }

    private void Stage(PropertyPlan property, ReadOnlySpan<byte> text, ReadOnlySpan<byte> hubspot)
    {
        if (!HasChanges)
        {
            HasChanges = true;
            _updates.ResetWrittenCount();
            _previous.ResetWrittenCount();
            _updatesJson.Reset();
            _previousJson.Reset();
            _updatesJson.WriteStartObject();
            _previousJson.WriteStartObject();
        }

        _updatesJson.WritePropertyName(property.JsonName);
        _updatesJson.WriteText(text);
        if (hubspot.IsEmpty)
        {
            _previousJson.WriteNull(property.JsonName);
        }
        else
        {
            _previousJson.WritePropertyName(property.JsonName);
            _previousJson.WriteText(hubspot);
        }
    }

    private void Close()
    {
        if (HasChanges)
        {
            _updatesJson.WriteEndObject();
            _updatesJson.Flush();
            _previousJson.WriteEndObject();
            _previousJson.Flush();
        }
    }

    private void Suspect(
        RecordBatch batch,
        int row,
        int index,
        PropertyPlan property,
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> hubspot,
        StringBuilder notes)
    {
        const string Remark = ValueRemarks.Suspicious;
        _tally.Remarked(index, Remark, _tally.WantsSample(index, Remark, At(batch, row)) ? Sample(batch, row, property, Remark, text, hubspot) : null);
        Notes.Separate(notes).Append(property.Definition.Property).Append(": HubSpot's longer text begins with it");
    }

    private WithheldSample Sample(
        RecordBatch batch, int row, PropertyPlan property, string rule, ReadOnlySpan<byte> text, ReadOnlySpan<byte> hubspot)
    {
        (string? legacy, string? held) = SampleTexts.Cut(text, hubspot);
        return new WithheldSample(
            property.Definition.Property, rule, Encoding.UTF8.GetString(batch.Field(row, _plan.IdColumn)), legacy, held)
        {
            At = At(batch, row),
        };
    }

    private static (int File, long Line) At(RecordBatch batch, int row) => (batch.Range.File, batch.Line(row));

    private static void CountRejected(BatchCounts counts, PropertyPlan property, string reason, ReadOnlySpan<byte> raw)
    {
        string? sample = raw.IsEmpty ? null : RecordText.Cut(Encoding.UTF8.GetString(raw), RejectedValue.MaxSampleLength);
        var value = new RejectedValue(property.Definition.Property, property.SourceLabel, reason, sample);
        if (counts.RejectedValues.Count >= RejectedValue.MaxSamplesPerBatch && !counts.RejectedValues.ContainsKey(value))
        {
            value = value with { Sample = null };
        }

        BatchCounts.Increment(counts.RejectedValues, value);
    }

    private PropertyVerdict Verdict(
        PropertyPlan property,
        ReadOnlySpan<byte> raw,
        ReadOnlySpan<byte> text,
        MirrorRows? mirror,
        int mirrorRow,
        VerdictKind kind,
        string rule)
    {
        ReadOnlySpan<byte> hubspot = mirror is null
            ? default
            : MirrorText.Read(
                mirror.Raw(mirrorRow, property.Mirror), mirror.TypeOf(property.Mirror), _scratch);
        return new PropertyVerdict(
            property.Definition.Property, TextOrNull(raw), TextOrNull(text), TextOrNull(hubspot), kind, rule);
    }

    // A text has at most as many UTF-16 units, which HubSpot counts, as bytes.
    private static bool IsTooLong(ReadOnlySpan<byte> text)
        => text.Length > MostCharacters && Encoding.UTF8.GetCharCount(text) > MostCharacters;

    private static string? TextOrNull(ReadOnlySpan<byte> text)
        => text.IsEmpty ? null : Encoding.UTF8.GetString(text);
}
