using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Extract;

/// <summary>Sees fields as they stand in the file, before white space is taken off.</summary>
internal interface IFieldWatch
{
    /// <summary>From how many bytes on a column's values are shown, even if nothing is taken off.</summary>
    int From(int column);

    /// <summary>Sees a value that is not null, before it is added to the batch's last row.</summary>
    /// <returns>Whether it looks cut, which is counted as damage.</returns>
    bool See(RecordBatch batch, int column, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> trimmed);
}
