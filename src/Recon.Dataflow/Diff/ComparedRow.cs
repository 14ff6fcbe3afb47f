using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Dataflow.Diff;

/// <summary>A row and what its comparison found, valid until the next row is compared.</summary>
internal readonly ref struct ComparedRow(
    RecordBatch batch,
    int row,
    RecordMatch match,
    MirrorRows? mirror,
    PropertyDiffer properties,
    StringBuilder notes,
    bool mayRepeat,
    CountKind? kind = null)
{
    public RecordBatch Batch { get; } = batch;

    /// <summary>The row's index in the batch.</summary>
    public int Row { get; } = row;

    public RecordMatch Match { get; } = match;

    /// <summary>The rows that <see cref="RecordMatch.MirrorRow"/> is one of; <see langword="null"/> unless there is exactly one match.</summary>
    public MirrorRows? Mirror { get; } = mirror;

    /// <summary>Remarks for people; empty for none.</summary>
    public StringBuilder Notes { get; } = notes;

    /// <summary>Whether the legacy id may have occurred before.</summary>
    public bool MayRepeat { get; } = mayRepeat;

    /// <summary>
    /// What the row adds to the counts, where somebody wants to know; <see langword="null"/> where it is none that other rows add, too.
    /// </summary>
    public CountKind? Kind { get; } = kind;

    /// <summary>Whether at least one property changes.</summary>
    public bool HasChanges => properties.HasChanges;

    /// <summary>The changed properties as a JSON object of strings.</summary>
    public ReadOnlySpan<byte> Updates => properties.HasChanges ? properties.Updates : "{}"u8;

    /// <summary>What HubSpot holds for the changed properties, as a JSON object of strings and nulls.</summary>
    public ReadOnlySpan<byte> Previous => properties.HasChanges ? properties.Previous : "{}"u8;

    /// <summary>A field of the file as UTF-8; empty for null.</summary>
    public ReadOnlySpan<byte> Field(int column) => Batch.Field(Row, column);

    /// <summary>A property's legacy value after conversion; empty for none.</summary>
    public ReadOnlySpan<byte> Converted(int property) => properties.Converted(property);
}
