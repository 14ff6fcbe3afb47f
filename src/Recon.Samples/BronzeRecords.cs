namespace Recon.Samples;

/// <summary>Writes the records of a legacy file and counts them.</summary>
/// <param name="source">The object's values.</param>
/// <param name="tally">Takes the counts.</param>
internal sealed class BronzeRecords(ISampleSource source, PipelineTally tally)
{
    private readonly RecordFiller _filler = new(source);

    /// <summary>Takes the records.</summary>
    public CsvRecordWriter Csv { get; } = new(source.Object.NewLine);

    /// <summary>Writes the byte order mark, if the file has one, and the header.</summary>
    public void WriteHeader()
    {
        if (source.Object.ByteOrderMark)
        {
            Csv.WriteByteOrderMark();
        }

        Csv.Write(source.Object.Header);
    }

    /// <summary>Writes a record.</summary>
    /// <param name="index">The record, from 0.</param>
    public void Write(long index)
    {
        RecordPlan plan = source.Planner.Plan(index);
        _filler.Fill(plan);
        tally.Record(plan, _filler.Row);
        if (plan.IsMalformed)
        {
            Csv.WriteDamaged(_filler.Row.Cells, plan.Dirt);
        }
        else
        {
            Csv.Write(_filler.Row.Cells);
        }
    }
}
