using System.Globalization;

namespace Recon.Samples;

/// <summary>Writes the rows of a mirror table: those of the legacy file that HubSpot has, and among them some of its own.</summary>
internal sealed class MirrorRecords(ISampleSource source, SampleTable table)
{
    private readonly RecordFiller _filler = new(source);
    private readonly string?[] _cells = new string?[table.Columns.Count];
    private long _hubspotOnly;

    public CsvRecordWriter Csv { get; } = new("\n");

    public long Rows { get; private set; }

    public void WriteHeader() => Csv.Write([.. table.Columns.Select(column => column.Name)]);

    /// <summary>Writes what HubSpot has of a record of the legacy file, and now and then a row that only HubSpot has.</summary>
    public void Write(long index)
    {
        RecordPlan plan = source.Planner.Plan(index);
        if (plan.Outcome is RecordOutcome.Matched or RecordOutcome.Ambiguous
            || (plan.Outcome == RecordOutcome.Conflict && source.Planner.InHubspot(plan.Identity)))
        {
            _filler.Fill(plan);
            WriteRow(plan.Identity, plan.CanonicalId, twin: false, archived: false);
            if (plan.Dirt is DefectKind.TwoInHubspot or DefectKind.ArchivedTwin)
            {
                WriteRow(plan.Identity, plan.CanonicalId, twin: true, archived: plan.Dirt == DefectKind.ArchivedTwin);
            }
        }

        long due = (index + 1) * source.Planner.HubspotOnlyRows / source.Planner.Rows;
        while (_hubspotOnly < due)
        {
            RecordPlan own = source.Planner.HubspotOnly(_hubspotOnly++);
            _filler.Fill(own);
            WriteRow(own.Identity, key: null, twin: false, archived: own.Identity % 20 == 0);
        }
    }

    private void WriteRow(long identity, string? key, bool twin, bool archived)
    {
        SampleRow row = _filler.Row;
        int at = 0;
        _cells[at++] = source.Planner.HubspotId(identity, twin).ToString(CultureInfo.InvariantCulture);
        _cells[at++] = key;
        foreach (string? value in row.Hubspot)
        {
            _cells[at++] = value;
        }

        foreach (long? parent in row.Parents)
        {
            _cells[at++] = parent?.ToString(CultureInfo.InvariantCulture);
        }

        DateTime created = new DateTime(2023, 9, 4, 6, 0, 0).AddSeconds(identity % 2_000_000);
        _cells[at++] = ParisTime.Timestamp(created);
        _cells[at++] = ParisTime.Timestamp(created.AddDays(identity % 90));
        _cells[at] = archived ? "true" : "false";
        Csv.Write(_cells);
        Rows++;
    }
}
