using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Postgres.Wire;

/// <summary>Where a tuple holds what, for the rare cases in which one has to be looked into again.</summary>
internal sealed class TupleLayout
{
    private readonly int _status;
    private readonly int _statusUnchanged;
    private readonly int _updates;

    public TupleLayout(StageBlockDefinition stage)
    {
        List<string> all = [.. TupleColumns.Of(stage).Select(column => column.Name)];
        List<string> unchanged = [.. all.Except(CommonColumns.Changes)];
        (Columns, UnchangedColumns) = (all, unchanged);
        _status = all.IndexOf("reconciliation_status");
        _statusUnchanged = unchanged.IndexOf("reconciliation_status");
        _updates = all.IndexOf("properties_to_update");
    }

    /// <summary>The columns of a tuple with all fields, in order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The columns of a tuple without the fields of <see cref="CommonColumns.Changes"/>, in order.</summary>
    public IReadOnlyList<string> UnchangedColumns { get; }

    /// <summary>Takes a tuple out of a batch's counts.</summary>
    public void Uncount(BatchCounts counts, ReadOnlySpan<byte> tuple, bool allFields)
    {
        string status = Encoding.UTF8.GetString(Field(tuple, allFields ? _status : _statusUnchanged));

        // The first byte is the version of jsonb's binary form.
        Uncount(counts, status, allFields ? Field(tuple, _updates)[1..].ToArray() : "{}"u8.ToArray());
    }

    /// <summary>Takes a staged row out of counts.</summary>
    /// <param name="json">Its <c>properties_to_update</c>.</param>
    public static void Uncount(BatchCounts counts, string status, byte[] json)
    {
        switch (status)
        {
            case "matched":
                counts.Matched--;
                break;
            case "ambiguous":
                counts.Ambiguous--;
                break;
            default:
                counts.Unmatched--;
                break;
        }

        using JsonDocument updates = JsonDocument.Parse(json);
        bool any = false;
        foreach (JsonProperty property in updates.RootElement.EnumerateObject())
        {
            any = true;
            BatchCounts.Increment(counts.PropertyChanges, property.Name, -1);
        }

        counts.WithChanges -= any ? 1 : 0;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> tuple, int index)
    {
        int at = 2;
        for (int field = 0; field < index; field++)
        {
            at += 4 + Math.Max(BinaryPrimitives.ReadInt32BigEndian(tuple[at..]), 0);
        }

        return tuple.Slice(at + 4, Math.Max(BinaryPrimitives.ReadInt32BigEndian(tuple[at..]), 0));
    }

}
