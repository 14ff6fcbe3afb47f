using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Extract;

/// <summary>
/// Says what becomes of each record, in this order: malformed (rejected), excluded (filtered), id missing or malformed
/// (rejected), not among the wanted ids (filtered), else kept as a row; and refuses a file that is cut.
/// </summary>
internal sealed class RecordJudge(
    CsvBlockDefinition csv, DefaultsDefinition defaults, SourceColumns columns, BatchReaderOptions options, List<string> warnings)
{
    private readonly FieldReader _fields = new(csv, defaults, columns);
    private readonly OtherDelimiter _otherDelimiter = new(csv);
    private readonly IdFilter? _wanted = options.Ids is null ? null : new IdFilter(options.Ids);
    private readonly int _idColumn = columns.IndexOf(csv.Id);

    private SourceStart? _source;
    private SourceFile? _file;
    private int _index;
    private RowCondition[] _exclude = [];
    private bool _malformed;

    /// <summary>Sees the fields of the records as they stand in the files.</summary>
    public IFieldWatch? Watch
    {
        set => _fields.Watch = value;
    }

    /// <summary>Goes on with the records of another file.</summary>
    public void Begin(SourceStart source, SourceFile file, int index)
    {
        (_source, _file, _index) = (source, file, index);
        _exclude = [.. csv.Exclude.Select(condition => RowCondition.Compile(condition, columns, source.Header.Missing))];
    }

    /// <summary>Judges the record at which the reader stands.</summary>
    public void Take(RecordBatch batch, bool malformed)
    {
        RecordReader records = _source!.Records;
        batch.Counts.Read++;
        _malformed = malformed;
        if (malformed)
        {
            // Of a record that is longer than the longest, only a part is in memory.
            bool isHeld = records.RawBytes.Length <= csv.MaxRecordBytes;
            if (!records.Unclosed.IsEmpty && !CutFile.HoldsRecords(records.Unclosed, csv, _source!.Header))
            {
                bool whole = !isHeld || CutFile.FieldsOf(records.Unclosed, csv) >= _source!.Header.LeastFields;
                Cut(records, "a quoted field is never closed, and the fields after it are missing", refuse: !whole);
            }
            else if (isHeld && records.EndsWithoutLineBreak && records.RawBytes is [.., 0])
            {
                Cut(records, "its last bytes are zero");
            }

            Reject(batch, records, null, records.Reason, records.Message, records.Raw);
            return;
        }

        if (records.EndsInEscape)
        {
            Cut(records, "what its last backslash escapes is missing");
        }

        HeaderMap header = _source!.Header;
        int count = records.FieldCount;
        if (count < header.LeastFields || count > header.MostFields)
        {
            RejectCount(records, batch, header, count);
            return;
        }

        batch.AddRow(records.Line, records.Offset);
        _fields.Copy(records, header.Indexes, batch);
        foreach (RowCondition condition in _exclude)
        {
            if (condition.Holds(batch, batch.RowCount - 1))
            {
                Filter(batch, condition.Label);
                return;
            }
        }

        if (!_fields.HasId)
        {
            batch.DropLastRow();
            (string reason, string message) = _fields.WhyNoId is string why
                ? (RejectReasons.IdMalformed, $"The legacy id is not written as ids are: {why}.")
                : (RejectReasons.IdMissing, "The record has no legacy id.");
            Reject(batch, records, csv.Id, reason, message, MalformedText.Cut(records.RawBytes));
            return;
        }

        if (_wanted?.Take(batch.Field(batch.RowCount - 1, _idColumn)) == false)
        {
            Filter(batch, "--ids");
            return;
        }

        _fields.CountDamage(batch.Counts);
        Tell(records, ReadOutcome.Kept, null, null);
    }

    private void RejectCount(RecordReader records, RecordBatch batch, HeaderMap header, int count)
    {
        if (count < header.LeastFields && records.EndsWithoutLineBreak && !CutFile.IsEndMark(records.RawBytes))
        {
            Cut(records, CutFile.TooFew(count, header));
        }

        string wanted = header.LeastFields == header.MostFields
            ? $"{header.MostFields}" : $"{header.LeastFields} to {header.MostFields}";
        Reject(batch, records, null, RejectReasons.FieldCount,
            $"The record has {count} {(count == 1 ? "field" : "fields")}, but the header has {wanted}. A delimiter inside a value has to be quoted.",
            MalformedText.Cut(records.RawBytes));
        if (count < header.LeastFields)
        {
            _otherDelimiter.See(records.RawBytes, header);
        }
    }

    private void Reject(
        RecordBatch batch, RecordReader records, string? column, string reason, string message, string raw)
    {
        batch.Counts.Rejected++;
        BatchCounts.Increment(batch.Counts.ByReason, reason);
        batch.Rejects.Add(new RejectedRecord(records.Line, records.Offset, column, reason, message, raw));
        Tell(records, ReadOutcome.Rejected, reason, message);
    }

    private void Filter(RecordBatch batch, string label)
    {
        Tell(_source!.Records, ReadOutcome.Filtered, label, null);
        batch.DropLastRow();
        batch.Counts.Filtered++;
        BatchCounts.Increment(batch.Counts.ByFilter, label);
    }

    private void Tell(RecordReader records, ReadOutcome outcome, string? reason, string? message)
        => options.Observer?.OnRecord(new ReadRecord(
            records, _source!.Header, csv, _source.Header.Indexes[_idColumn], _malformed, _index, outcome, reason, message));

    private void Cut(RecordReader records, string how, bool refuse = true)
    {
        if (refuse && csv.OnCut == OnCut.Refuse)
        {
            throw CutFile.Refuse(_file!.Name, $"line {records.Line}, byte {records.Offset}", how);
        }

        warnings.Add($"{_file!.Name}: the file ends in the middle of a record (line {records.Line}), so it may have been "
            + "cut. Compare its size with the original.");
    }

    /// <summary>Warns of what all records together show.</summary>
    public void WarnAtEnd(long read)
    {
        if (_otherDelimiter.Warning(read) is string delimiter)
        {
            warnings.Add(delimiter);
        }

        // Batches that are jumped over may hold the ids, so that nothing can be said then.
        if (options.ResumeFrom.Count == 0 && _wanted?.Unseen() is string warning)
        {
            warnings.Add(warning);
        }
    }
}
