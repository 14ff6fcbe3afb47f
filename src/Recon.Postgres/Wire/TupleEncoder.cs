using System.IO.Hashing;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Wire;

/// <summary>
/// Encodes a row as a tuple: legacy id, HubSpot id, the table's own columns, then the common ones, as <see cref="RowLayout.Written"/> says.
/// </summary>
/// <param name="hashing">How rows are hashed for the next run; <see langword="null"/> where they are not.</param>
internal sealed class TupleEncoder(ReconciliationPlan plan, RunStamp stamp, RowHashing? hashing = null) : IRowEncoder
{
    private static readonly byte[][] s_statuses =
        [.. Enum.GetValues<MatchStatus>().Select(status => Encoding.UTF8.GetBytes(RecordMatch.TextOf(status)))];

    private readonly Utf8Scratch _scratch = new();
    private readonly Dictionary<double, byte[]> _confidences = [];
    private readonly Dictionary<string, byte[]> _rules = [];
    private readonly LegacyPropertiesJson _legacyProperties = new(plan.LegacyProperties);
    private readonly LegacyValues? _legacyValues = stamp.Names is null ? null : new LegacyValues([.. plan.LegacyProperties.Select(property => property.Column)]);
    private readonly TupleLayout _layout = new(new RowLayout(plan.Definition.Stage, stamp.Names is not null), stamp.NamesFile);
    private readonly long _usualSeed = hashing is null ? 0 : SeedOfUsual(plan, stamp, hashing);
    private byte[] _file = [];
    private StagedTuples? _staged;

    public bool WantsKinds => hashing is { IsTraced: true };

    public IStagedRows Begin(RecordBatch batch, int suspects)
    {
        _file = stamp.NamesFile ? Encoding.UTF8.GetBytes(stamp.Files[batch.Range.File]) : [];
        return _staged = StagedTuples.For(batch, suspects, _staged, hashing is null ? null : new StagedHashes(batch.RowCount, batch.Answers.Count));
    }

    public void Add(in ComparedRow row)
    {
        StagedTuples staged = _staged ?? throw new InvalidOperationException("No batch was begun.");
        if (row.MayRepeat)
        {
            _ = TryAdd(row, staged, staged.Repeats, isUsual: false, hasChanges: true);
            return;
        }

        bool isUsual = row.Match is { Status: MatchStatus.Matched, Rule: RecordMatcher.LegacyIdRule }
            && row.Match.Confidence.Equals(plan.Definition.Match.Confidence);
        if (!isUsual || !TryAdd(row, staged, staged.Lot(true, row.HasChanges), isUsual: true, row.HasChanges))
        {
            _ = TryAdd(row, staged, staged.Lot(false, row.HasChanges), isUsual: false, row.HasChanges);
        }
    }

    // False when the row is not usual, although it was found as usual.
    private bool TryAdd(in ComparedRow row, StagedTuples staged, BinaryCopyBuffer tuples, bool isUsual, bool hasChanges)
    {
        _scratch.Reset();
        tuples.BeginTuple((short)_layout.Columns(isUsual, hasChanges).Count);
        tuples.WriteBytes(row.Field(plan.IdColumn));
        if (row.Mirror is { } mirror)
        {
            tuples.WriteInt64(mirror.HubspotId(row.Match.MirrorRow));
        }
        else
        {
            tuples.WriteNull();
        }

        foreach (StagedColumnPlan column in plan.Staged)
        {
            WriteStaged(tuples, column, row);
        }

        if (!TryWriteLegacyProperties(tuples, row, isUsual))
        {
            tuples.DropTuple();
            return false;
        }

        if (hasChanges)
        {
            WriteJson(tuples, row.Updates);
            WriteJson(tuples, row.Previous);
        }

        if (!isUsual)
        {
            tuples.WriteBytes(s_statuses[(int)row.Match.Status]);
            tuples.WriteBytes(Confidence(row.Match.Confidence));
            tuples.WriteTextOrNull(row.Match.Rule is { } rule ? Rule(rule) : default);
        }

        WriteNotes(tuples, row.Notes);

        // What follows says from where the row was written, and so belongs to the run that wrote it.
        if (hashing is not null && !row.MayRepeat
            && IsKept(row, XxHash3.HashToUInt64(tuples.Unended, isUsual ? _usualSeed : hashing.Seed), staged.Hashes!))
        {
            tuples.DropTuple();
            return true;
        }

        tuples.WriteInt64(row.Batch.Line(row.Row));
        if (stamp.NamesFile)
        {
            tuples.WriteBytes(_file);
        }

        tuples.EndTuple(row.Row);
        return true;
    }

    // What usual tuples are without is part of what was staged.
    private static long SeedOfUsual(ReconciliationPlan plan, RunStamp stamp, RowHashing hashing)
        => (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{stamp.Names} {plan.Definition.Match.Confidence:0.00}")), hashing.Seed);

    private bool IsKept(in ComparedRow row, ulong content, StagedHashes hashes)
    {
        if (row.Batch.Decided?.ContainsKey(row.Row) == true
            || (row.Mirror is { } held && hashing!.Decided?.Names(held.HubspotId(row.Match.MirrorRow)) == true))
        {
            hashes.Set(row.Row, RowFate.Unknown, content, 0, null);
            return false;
        }

        Span<long> used = hashes.UsedBy(row.Row);
        ulong input = 0;
        CountKind? kind = row.Kind is not null && row.Batch.TryHash(row.Row, hashing!.Seed, out input) && TryTrace(row, used) ? row.Kind : null;
        if (kind is { Written: null })
        {
            byte[] written = hashing!.Write(kind.Counts);
            (kind.Hash, kind.Written) = (XxHash3.HashToUInt64(written, hashing.Seed), written);
        }

        RowFate fate = kind is null ? RowFate.Staged : RowFate.Traced;
        bool isKept = hashing!.Former is { } former && former.IsUnchanged(row.Batch.Known[row.Row], content);
        if (isKept)
        {
            hashes.Keep();
            fate = !hashing.IsAnew && hashing.Former!.CameFrom(row.Batch.Known[row.Row], kind is null ? null : StagedHashes.Origin(input, used, kind.Hash)) ? RowFate.Known : fate;
        }

        hashes.Set(row.Row, fate, content, input, kind);
        return isKept;
    }

    // Several records, merged ones and an id of 0 are not traced.
    private static bool TryTrace(in ComparedRow row, Span<long> used)
    {
        for (int lookup = 0; lookup < used.Length; lookup++)
        {
            used[lookup] = 0;
            if (row.Batch.Answers[lookup] is not { } answer)
            {
                continue;
            }

            ReadOnlySpan<int> found = answer.Candidates(row.Row);
            if (found.Length > 0)
            {
                used[lookup] = answer.Rows.HubspotId(found[0]);
                if (found.Length > 1 || used[lookup] <= 0 || answer.Merged?.ContainsKey(row.Row) == true)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void WriteStaged(BinaryCopyBuffer tuples, StagedColumnPlan staged, in ComparedRow row)
    {
        switch (staged.Source)
        {
            case StagedSource.Legacy:
                Write(tuples, staged.Type, row.Field(staged.Index));
                break;
            case StagedSource.Converted:
                Write(tuples, staged.Type, row.Converted(staged.Index));
                break;
            case StagedSource.Hubspot:
                Write(tuples, staged.Type, row.Mirror is not { } mirror || staged.Index < 0
                    ? default
                    : MirrorValue.Canonical(
                        MirrorText.Read(mirror.Raw(row.Match.MirrorRow, staged.Index), mirror.TypeOf(staged.Index), _scratch),
                        staged.Type,
                        _scratch));
                break;
            case StagedSource.ParentLegacyId:
                WriteParentLegacyId(tuples, staged, row);
                break;
            case StagedSource.ParentHubspotId:
            default:
                LookupAnswer answer = row.Batch.Answers[staged.Index]!;
                ReadOnlySpan<int> parents = answer.Candidates(row.Row);
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

    private void WriteParentLegacyId(BinaryCopyBuffer tuples, StagedColumnPlan staged, in ComparedRow row)
    {
        foreach (ParentPlan parent in plan.Parents)
        {
            if (parent.Lookup == staged.Index)
            {
                ReadOnlySpan<byte> raw = row.Field(parent.Column);
                Write(tuples, staged.Type, parent.Definition.TryReadId(raw, out ReadOnlySpan<byte> id, out _)
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

    private bool TryWriteLegacyProperties(BinaryCopyBuffer tuples, in ComparedRow row, bool isUsual)
    {
        if (_legacyValues is null)
        {
            tuples.BeginField();
            tuples.GetSpan(1)[0] = 1; // the version of jsonb's binary form
            tuples.Advance(1);
            _legacyProperties.Write(tuples, row.Batch, row.Row);
            tuples.EndField();
            return true;
        }

        bool isPacked = _legacyValues.TryWrite(tuples, row.Batch, row.Row);
        if (isUsual)
        {
            return isPacked;
        }

        if (isPacked)
        {
            tuples.WriteInt16(stamp.Names!.Value);
        }
        else
        {
            // As JSON, without a number.
            _legacyProperties.Write(tuples, row.Batch, row.Row);
            tuples.EndField();
            tuples.WriteNull();
        }

        return true;
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
            encoded = buffer.Bytes[6..].ToArray();
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
