namespace Recon.Samples;

/// <summary>Makes a record as it is written: values, then differences, then dirt. Not thread-safe: it reuses one row.</summary>
internal sealed class RecordFiller
{
    private readonly ISampleSource _source;
    private readonly RecordDefect _dirt;
    private readonly int[] _columns;

    public RecordFiller(ISampleSource source)
    {
        _source = source;
        _dirt = new RecordDefect(source);
        _columns = [.. source.Object.Properties.Select(property => source.Object.Cell(property.Column))];
        Row = new SampleRow(source.Object);
    }

    public SampleRow Row { get; }

    public void Fill(in RecordPlan plan)
    {
        Row.Reset();
        _source.Fill(plan, Row);
        HubspotDifferences.Apply(plan.Differences, _source.Object, _columns, Row);
        _dirt.Apply(plan, Row);
    }
}
