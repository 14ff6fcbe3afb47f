using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Diff;

/// <summary>
/// A sink's part in the diff block: turns compared rows into what the sink writes. The block works on several batches at
/// once, each with an encoder that no other one uses meanwhile.
/// </summary>
internal interface IRowEncoder
{
    /// <summary>Whether it wants to know what each row adds to the counts (<see cref="ComparedRow.Kind"/>).</summary>
    bool WantsKinds => false;

    /// <param name="suspects">How many rows have a legacy id that may have occurred before.</param>
    /// <returns>What takes the rows. It belongs to the batch from now on, also when the comparison fails midway.</returns>
    IStagedRows Begin(RecordBatch batch, int suspects);

    /// <summary>Adds the next row that is staged; rejected ones are left out.</summary>
    void Add(in ComparedRow row);
}
