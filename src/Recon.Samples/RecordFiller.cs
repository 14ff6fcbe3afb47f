namespace Recon.Samples;

/// <summary>Makes a record as it is written: values, then differences, then dirt. Not thread-safe: it reuses one row.</summary>
internal sealed class RecordFiller(ISampleSource source)
{
    private readonly RecordDefect _dirt = new(source);
    private readonly int[] _columns = [.. source.Object.Properties.Select(property => source.Object.Cell(property.Column))];

    public SampleRow Row { get; } = new(source.Object);

    public void Fill(in RecordPlan plan)
    {
        Row.Reset();
        source.Fill(plan, Row);
        HubspotDifferences.Apply(plan.Differences, source.Object, _columns, Row);
        _dirt.Apply(plan, Row);
    }
}
