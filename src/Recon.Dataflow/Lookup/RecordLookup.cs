using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>A lookup block whose answers come from the hosting program.</summary>
internal sealed class RecordLookup(ValidLookup definition, IRecordLookup source, KeySelector select, IReadOnlyList<string> columns) : ILookup
{
    public ValidLookup Definition => definition;

    public IReadOnlyList<MirrorColumn> Columns { get; } = TextRows.Typed(columns);

    public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        using var keys = new BatchKeys(batch.RowCount);
        select(batch, keys);
        var rows = new TextRows(columns);
        HashSet<(int Key, long HubspotId)> seen = [];
        if (keys.Count > 0)
        {
            IReadOnlyList<FoundRecord> records;
            string[] asked = keys.ToSortedStrings();
            using (new WaitScope(batch.Waits, WaitFor.Answer))
            {
                records = await source.FindAsync(asked, columns, cancellationToken);
            }

            foreach (FoundRecord found in records)
            {
                int key = keys.IndexOf(Encoding.UTF8.GetBytes(found.Key));
                if (key < 0)
                {
                    throw new InvalidOperationException(
                        $"The lookup '{definition.Label}' of the hosting program returned HubSpot record {found.HubspotId} under a key that was not requested. "
                        + "Return each record under exactly the key that was requested.");
                }

                // A record that was found in two ways is still one: it must not be ambiguous with itself.
                if (seen.Add((key, found.HubspotId)))
                {
                    rows.Add(key, found.HubspotId, column => found.Values.GetValueOrDefault(column));
                }
            }
        }

        return rows.Answer(keys);
    }
}
