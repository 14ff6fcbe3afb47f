using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

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
    private readonly ValueJudge _judge;

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
        _judge = new ValueJudge(plan, scratch);
    }

    private bool _isRefused;

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
        _isRefused = false;
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
                verdicts?.Add(Verdict(property, raw, default, Hubspot(property, mirror, mirrorRow), VerdictKind.ValueRejected, value.Reason!));
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
                verdicts?.Add(Verdict(property, raw, text, default, VerdictKind.NoRecord, "no HubSpot record"));
                continue;
            }

            ReadOnlySpan<byte> hubspot = Hubspot(property, mirror, mirrorRow);
            Compare(
                new ValuePair
                {
                    Batch = batch,
                    Row = row,
                    Property = property,
                    Reader = reader,
                    Mirror = mirror,
                    MirrorRow = mirrorRow,
                    Raw = raw,
                    Text = text,
                    Remark = value.Remark,
                    Hubspot = hubspot,
                    Read = reader.ReadMirror(hubspot, _scratch),
                },
                index,
                notes,
                verdicts);
        }

        Close();
        _tally.EndRow();
        return null;
    }

    /// <summary>The number of bytes that say what became of the properties of a row.</summary>
    public int Signs => _tally.Signs;

    /// <summary>Says what became of the properties of the last row.</summary>
    /// <returns>Whether that is all; <see langword="false"/> where values of its own are kept.</returns>
    public bool Sign(Span<byte> signs) => !_isRefused && _tally.Sign(signs);

    /// <summary>Counts the last row alone, of which nothing is kept.</summary>
    public void CountRow(BatchCounts counts) => _tally.CountRow(counts);

    /// <summary>Moves what was counted since the last call into a batch's counts.</summary>
    public void FlushCounts(BatchCounts counts) => _tally.Flush(counts);

    private ConvertedValue Convert(PropertyReader reader, int index, ReadOnlySpan<byte> raw)
    {
        _tally.Converted(index);
        return reader.Chain.Convert(raw, _scratch);
    }

    private void Compare(in ValuePair value, int index, StringBuilder notes, List<PropertyVerdict>? verdicts)
    {
        PropertyPlan property = value.Property;
        (VerdictKind kind, string rule) = _judge.Decide(value, out CutVerdict cut);
        switch (kind)
        {
            case VerdictKind.Same or VerdictKind.SameByMeaning when !value.Raw.SequenceEqual(value.Hubspot):
                _tally.Suppressed(index);
                break;
            case VerdictKind.KeptBack:
                _tally.KeptBack(index, rule, Sample(value, index, rule, value.Text));
                break;
            case VerdictKind.Change:
                _tally.Changed(index);
                ReadOnlySpan<byte> text = HubspotValues.Replace(property, value.Text, value.Read, _scratch);
                Stage(property, text, value.Hubspot);
                if (cut.IsSuspicious || cut.Length is not null)
                {
                    _tally.Remarked(index, ValueRemarks.Suspicious, Sample(value, index, ValueRemarks.Suspicious, text));
                    Notes.Separate(notes).Append(property.Definition.Property).Append(": HubSpot's longer text begins with it");
                }
                else if (Misreading.Of(value, _scratch) is { } remark)
                {
                    _tally.Remarked(index, remark, remark == ValueRemarks.Filled ? null : Sample(value, index, remark, value.Raw));
                }

                verdicts?.Add(Verdict(property, value.Raw, text, value.Hubspot, kind, rule) with { CutAt = cut.Length });
                return;
            case VerdictKind.ValueRejected:
                if (rule == value.Remark)
                {
                    _tally.Remarked(index, rule, Sample(value, index, rule, value.Raw));
                }

                CountRejected(value.Batch.Counts, property, rule, value.Raw);
                Notes.Separate(notes).Append(property.Definition.Property).Append(" not staged: ").Append(rule);
                break;
            default:
                break;
        }

        verdicts?.Add(Verdict(property, value.Raw, value.Text, value.Hubspot, kind, rule) with { CutAt = cut.Length });
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

    private WithheldSample? Sample(in ValuePair value, int index, string rule, ReadOnlySpan<byte> text)
    {
        (int File, long Line) at = (value.Batch.Range.File, value.Batch.Line(value.Row));
        if (!_tally.WantsSample(index, rule, at))
        {
            return null;
        }

        (string? legacy, string? held) = SampleTexts.Cut(text, value.Hubspot);
        return new WithheldSample(
            value.Property.Definition.Property, rule, Encoding.UTF8.GetString(value.Batch.Field(value.Row, _plan.IdColumn)), legacy, held)
        {
            At = at,
        };
    }

    private void CountRejected(BatchCounts counts, PropertyPlan property, string reason, ReadOnlySpan<byte> raw)
    {
        _isRefused = true;
        string? sample = raw.IsEmpty ? null : RecordText.Cut(Encoding.UTF8.GetString(raw), RejectedValue.MaxSampleLength);
        var value = new RejectedValue(property.Definition.Property, property.SourceLabel, reason, sample);
        if (counts.RejectedValues.Count >= RejectedValue.MaxSamplesPerBatch && !counts.RejectedValues.ContainsKey(value))
        {
            value = value with { Sample = null };
        }

        BatchCounts.Increment(counts.RejectedValues, value);
    }

    private static PropertyVerdict Verdict(
        PropertyPlan property, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> text, ReadOnlySpan<byte> hubspot, VerdictKind kind, string rule)
        => new(property.Definition.Property, TextOrNull(raw), TextOrNull(text), TextOrNull(hubspot), kind, rule);

    private ReadOnlySpan<byte> Hubspot(PropertyPlan property, MirrorRows? mirror, int mirrorRow)
        => mirror is null ? default : MirrorText.Read(mirror.Raw(mirrorRow, property.Mirror), mirror.TypeOf(property.Mirror), _scratch);

    // A text has at most as many UTF-16 units, which HubSpot counts, as bytes.
    private static bool IsTooLong(ReadOnlySpan<byte> text)
        => text.Length > MostCharacters && Encoding.UTF8.GetCharCount(text) > MostCharacters;

    private static string? TextOrNull(ReadOnlySpan<byte> text)
        => text.IsEmpty ? null : Encoding.UTF8.GetString(text);
}
