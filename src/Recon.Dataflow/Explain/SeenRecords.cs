using Recon.Dataflow.Extract;

namespace Recon.Dataflow.Explain;

/// <summary>Notes the records that stories are told of, as the reader saw them.</summary>
/// <param name="isWanted">Whether a record with this raw id is wanted.</param>
internal sealed class SeenRecords(Func<string, bool> isWanted) : IReadObserver
{
    private readonly Dictionary<(int File, long ByteOffset), SeenRecord> _records = [];

    /// <summary>The records that no batch held: filtered and rejected ones.</summary>
    internal IEnumerable<SeenRecord> Left => _records.Values.Where(record => record.Outcome != ReadOutcome.Kept);

    public void OnRecord(in ReadRecord record)
    {
        string id = record.RawId();
        if (isWanted(id))
        {
            _records[(record.File, record.ByteOffset)] = new SeenRecord(
                id,
                record.File,
                record.Line,
                record.ByteOffset,
                [.. record.Cells().Select(cell => new StoryCell(cell.Key, cell.Value))],
                record.Outcome,
                record.Reason,
                record.Message);
        }
    }

    /// <summary>A record that a batch held.</summary>
    internal SeenRecord? Take(int file, long byteOffset)
        => _records.Remove((file, byteOffset), out SeenRecord? record) ? record : null;
}

/// <summary>A record as the reader saw it.</summary>
internal sealed record SeenRecord(
    string RawId,
    int File,
    long Line,
    long ByteOffset,
    IReadOnlyList<StoryCell> Cells,
    ReadOutcome Outcome,
    string? Reason,
    string? Message)
{
    /// <summary>Its story, as far as the reader knows it.</summary>
    public RecordStory ToStory(string file) => new()
    {
        LegacyId = RawId,
        File = file,
        Line = Line,
        ByteOffset = ByteOffset,
        Cells = Cells,
        Outcome = Outcome == ReadOutcome.Rejected ? "rejected" : "filtered",
        Reason = Reason,
        Message = Outcome == ReadOutcome.Filtered ? $"The filter \"{Reason}\" leaves it out." : Message,
    };
}
