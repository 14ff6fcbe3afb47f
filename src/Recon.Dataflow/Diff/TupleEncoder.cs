using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Diff;

/// <summary>
/// Encodes one row as a tuple: legacy id, HubSpot id, the table's own columns, then <see cref="CommonColumns.Written"/>.
/// </summary>
internal sealed class TupleEncoder
{
    private readonly ReconciliationPlan _plan;
    private readonly RunStamp _stamp;
    private readonly Utf8Scratch _scratch = new();
    private readonly Dictionary<double, byte[]> _confidences = [];
    private readonly Dictionary<string, byte[]> _rules = [];
    private readonly LegacyPropertiesJson _legacyProperties;
    private readonly byte[] _runId;
    private byte[] _file = [];
    private long _now;

    public TupleEncoder(ReconciliationPlan plan, RunStamp stamp)
    {
        _plan = plan;
        _stamp = stamp;
        _legacyProperties = new LegacyPropertiesJson(plan.LegacyProperties);
        _runId = stamp.RunId.ToByteArray(bigEndian: true);
    }

    /// <summary>The status as it is staged.</summary>
    public static string StatusText(MatchStatus status) => status switch
    {
        MatchStatus.Matched => "matched",
        MatchStatus.Ambiguous => "ambiguous",
        _ => "unmatched",
    };

    /// <summary>Prepares for a batch.</summary>
    public void Begin(RecordBatch batch)
    {
        _now = PostgresBinary.Microseconds(_stamp.Clock.GetUtcNow());
        _file = _stamp.Files.Count > 1 ? Encoding.UTF8.GetBytes(_stamp.Files[batch.Range.File]) : [];
    }

    /// <summary>Encodes a row, with the fields of <see cref="CommonColumns.Changes"/> or, if it changes nothing, without.</summary>
    public void Encode(
        RecordBatch batch,
        int row,
        RecordMatch match,
        MirrorRows? mirror,
        PropertyDiffer properties,
        StringBuilder notes,
        bool allFields,
        BinaryCopyBuffer tuples)
    {
        _scratch.Reset();
        int fields = 2 + _plan.Staged.Length + CommonColumns.Written.Count - (allFields ? 0 : CommonColumns.Changes.Count);
        tuples.BeginTuple((short)fields);
        tuples.WriteBytes(batch.Field(row, _plan.IdColumn));
        if (mirror is null)
        {
            tuples.WriteNull();
        }
        else
        {
            tuples.WriteInt64(mirror.HubspotId(match.MirrorRow));
        }

        foreach (StagedColumnPlan staged in _plan.Staged)
        {
            WriteStaged(staged, batch, row, mirror, match.MirrorRow, properties, tuples);
        }

        WriteLegacyProperties(batch, row, tuples);
        if (allFields)
        {
            WriteJson(tuples, properties.HasChanges ? properties.Updates : "{}"u8);
            WriteJson(tuples, properties.HasChanges ? properties.Previous : "{}"u8);
        }

        tuples.WriteBytes(match.Status switch
        {
            MatchStatus.Matched => "matched"u8,
            MatchStatus.Ambiguous => "ambiguous"u8,
            _ => "unmatched"u8,
        });
        tuples.WriteBytes(Confidence(match.Confidence));
        tuples.WriteTextOrNull(match.Status == MatchStatus.Unmatched ? default : Rule(match.Rule!));
        WriteNotes(tuples, notes);
        tuples.WriteInt64(batch.Line(row));
        tuples.WriteTextOrNull(_file);
        tuples.WriteBytes(_runId);
        tuples.WriteInt64(_now);
        tuples.EndTuple(row);
    }

    private void WriteStaged(
        StagedColumnPlan staged,
        RecordBatch batch,
        int row,
        MirrorRows? mirror,
        int mirrorRow,
        PropertyDiffer properties,
        BinaryCopyBuffer tuples)
    {
        switch (staged.Source)
        {
            case StagedSource.Legacy:
                Write(tuples, staged.Type, batch.Field(row, staged.Index));
                break;
            case StagedSource.Converted:
                Write(tuples, staged.Type, properties.Converted(staged.Index));
                break;
            case StagedSource.Hubspot:
                Write(tuples, staged.Type, mirror is null || staged.Index < 0
                    ? default
                    : MirrorValue.Canonical(
                        MirrorText.Read(mirror.Raw(mirrorRow, staged.Index), mirror.TypeOf(staged.Index), _scratch),
                        staged.Type,
                        _scratch));
                break;
            case StagedSource.ParentLegacyId:
                WriteParentLegacyId(tuples, staged, batch, row);
                break;
            case StagedSource.ParentHubspotId:
            default:
                LookupAnswer answer = batch.Answers[staged.Index]!;
                ReadOnlySpan<int> parents = answer.Candidates(row);
                if (parents.Length == 1)
                {
                    tuples.WriteInt64(answer.Rows.HubspotId(parents[0]));
                }
                else
                {
                    tuples.WriteNull();
                }

                break;
        }
    }

    private void WriteParentLegacyId(BinaryCopyBuffer tuples, StagedColumnPlan staged, RecordBatch batch, int row)
    {
        foreach (ParentPlan parent in _plan.Parents)
        {
            if (parent.Lookup == staged.Index)
            {
                ReadOnlySpan<byte> raw = batch.Field(row, parent.Column);
                Write(tuples, staged.Type, LegacyId.TryCanonicalise(raw, parent.Type, out ReadOnlySpan<byte> id, out _)
                    ? id
                    : raw);
            }
        }
    }

    private static void Write(BinaryCopyBuffer tuples, StagedType type, ReadOnlySpan<byte> text)
    {
        switch (type)
        {
            case StagedType.Numeric:
                PostgresBinary.WriteNumeric(tuples, text);
                break;
            case StagedType.Bigint:
                PostgresBinary.WriteBigint(tuples, text);
                break;
            case StagedType.Timestamptz:
                PostgresBinary.WriteTimestampTz(tuples, text);
                break;
            case StagedType.Text:
            default:
                tuples.WriteTextOrNull(text);
                break;
        }
    }

    private void WriteLegacyProperties(RecordBatch batch, int row, BinaryCopyBuffer tuples)
    {
        tuples.BeginField();
        tuples.GetSpan(1)[0] = 1; // the version of jsonb's binary form
        tuples.Advance(1);
        _legacyProperties.Write(tuples, batch, row);
        tuples.EndField();
    }

    private static void WriteJson(BinaryCopyBuffer tuples, ReadOnlySpan<byte> json)
    {
        tuples.BeginField();
        Span<byte> room = tuples.GetSpan(1 + json.Length);
        room[0] = 1;
        json.CopyTo(room[1..]);
        tuples.Advance(1 + json.Length);
        tuples.EndField();
    }

    private void WriteNotes(BinaryCopyBuffer tuples, StringBuilder notes)
    {
        if (notes.Length == 0)
        {
            tuples.WriteNull();
            return;
        }

        tuples.WriteBytes(_scratch.Encode(notes.ToString()));
    }

    private byte[] Confidence(double percent)
    {
        if (!_confidences.TryGetValue(percent, out byte[]? encoded))
        {
            using var buffer = new BinaryCopyBuffer(1, 64);
            buffer.BeginTuple(1);
            PostgresBinary.WriteNumeric(buffer, Encoding.UTF8.GetBytes(
                percent.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)));
            buffer.EndTuple(0);
            using StagedRows tuple = buffer.Detach();
            encoded = tuple.Bytes[6..].ToArray();
            _confidences[percent] = encoded;
        }

        return encoded;
    }

    private byte[] Rule(string rule)
    {
        if (!_rules.TryGetValue(rule, out byte[]? encoded))
        {
            encoded = Encoding.UTF8.GetBytes(rule);
            _rules[rule] = encoded;
        }

        return encoded;
    }
}
