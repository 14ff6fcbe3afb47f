using System.Buffers.Binary;
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

    /// <summary>Makes the layout of a stage block.</summary>
    public TupleLayout(StageBlockDefinition stage)
    {
        Columns = [.. TupleColumns.Of(stage).Select(column => column.Name)];
        UnchangedColumns = [.. Columns.Except(CommonColumns.Changes)];
        _status = IndexOf(Columns, "reconciliation_status");
        _statusUnchanged = IndexOf(UnchangedColumns, "reconciliation_status");
        _updates = IndexOf(Columns, "properties_to_update");
    }

    /// <summary>The columns of a tuple with all fields, in order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The columns of a tuple without the fields of <see cref="CommonColumns.Changes"/>, in order.</summary>
    public IReadOnlyList<string> UnchangedColumns { get; }

    /// <summary>Takes a tuple out of a batch's counts.</summary>
    public void Uncount(BatchCounts counts, ReadOnlySpan<byte> tuple, bool allFields)
    {
        ReadOnlySpan<byte> status = Field(tuple, allFields ? _status : _statusUnchanged);
        if (status.SequenceEqual("matched"u8))
        {
            counts.Matched--;
        }
        else if (status.SequenceEqual("ambiguous"u8))
        {
            counts.Ambiguous--;
        }
        else
        {
            counts.Unmatched--;
        }

        if (!allFields)
        {
            return;
        }

        // The first byte is the version of jsonb's binary form.
        using JsonDocument updates = JsonDocument.Parse(Field(tuple, _updates)[1..].ToArray());
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

    private static int IndexOf(IReadOnlyList<string> columns, string name)
    {
        for (int index = 0; index < columns.Count; index++)
        {
            if (columns[index] == name)
            {
                return index;
            }
        }

        throw new InvalidOperationException($"A tuple has no column {name}.");
    }
}
