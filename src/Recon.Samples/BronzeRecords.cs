namespace Recon.Samples;

/// <summary>Writes the records of a legacy file and counts them.</summary>
internal sealed class BronzeRecords(ISampleSource source, PipelineTally tally)
{
    private readonly RecordFiller _filler = new(source);

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
