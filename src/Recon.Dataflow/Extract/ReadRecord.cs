using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>What the reader did with a record.</summary>
internal enum ReadOutcome
{
    /// <summary>It goes on to the lookups.</summary>
    Kept,

    /// <summary>A filter left it out.</summary>
    Filtered,

    /// <summary>It cannot be used.</summary>
    Rejected,
}

/// <summary>Receives what the reader did with each record, in the order of the file.</summary>
internal interface IReadObserver
{
    /// <param name="record">The record; valid during the call only.</param>
    void OnRecord(in ReadRecord record);
}

/// <summary>A record as it stands in the file, with what was done about it.</summary>
internal readonly ref struct ReadRecord(
    RecordReader records,
    HeaderMap header,
    CsvBlockDefinition csv,
    int idIndex,
    bool malformed,
    int file,
    ReadOutcome outcome,
    string? reason,
    string? message)
{
    /// <summary>Index of the file.</summary>
    public int File { get; } = file;

    /// <summary>The line on which the record starts, from 1.</summary>
    public long Line => records.Line;

    /// <summary>Where the record starts, in bytes of the input as UTF-8.</summary>
    public long ByteOffset => records.Offset;

    /// <summary>What was done about it.</summary>
    public ReadOutcome Outcome { get; } = outcome;

    /// <summary>The filter's name, or one of <see cref="RejectReasons"/>; <see langword="null"/> for a record that was kept.</summary>
    public string? Reason { get; } = reason;

    /// <summary>What is wrong and what to do; <see langword="null"/> unless it was rejected.</summary>
    public string? Message { get; } = message;

    /// <summary>
    /// The legacy id as the file has it, without white space around it. That of a malformed record is what stands between
    /// the delimiters where the id should be: good enough to find the record by.
    /// </summary>
    /// <returns>The id; empty when there is none.</returns>
    public string RawId()
    {
        if (!malformed)
        {
            return Cell(idIndex);
        }

        var dialect = CsvDialect.Of(csv);
        string[] parts = records.Raw.TrimStart('\r', '\n').Split('\n')[0].Split((char)dialect.Delimiter);
        return idIndex < 0 || idIndex >= parts.Length ? "" : Utf8WhiteSpace.Trim(parts[idIndex].Trim((char)(dialect.Quote ?? (byte)' ')));
    }

    /// <summary>The cells under their names, as the file has them; a malformed record is one cell.</summary>
    /// <returns>The cells, in the order of the file.</returns>
    public IReadOnlyList<KeyValuePair<string, string>> Cells()
    {
        if (malformed)
        {
            return [new KeyValuePair<string, string>("", records.Raw)];
        }

        List<KeyValuePair<string, string>> cells = [];
        for (int index = 0; index < records.FieldCount; index++)
        {
            string name = index < header.Names.Count ? header.Names[index] : "";
            string value = Encoding.UTF8.GetString(records.Field(index));
            if (name.Length > 0 || value.Length > 0)
            {
                cells.Add(new KeyValuePair<string, string>(name, value));
            }
        }

        return cells;
    }

    private string Cell(int index)
        => index < 0 || index >= records.FieldCount
            ? ""
            : Encoding.UTF8.GetString(Utf8WhiteSpace.Trim(records.Field(index)));
}
