using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;

namespace Recon.Postgres.Runs;

/// <summary>Hands every verdict to several observers; <see langword="null"/> is none.</summary>
internal sealed class DiffObservers(params IReadOnlyList<IDiffObserver?> observers) : IDiffObserver
{
    public void OnRecord(RecordBatch batch, int row, RecordVerdict record)
    {
        foreach (IDiffObserver? observer in observers)
        {
            observer?.OnRecord(batch, row, record);
        }
    }
}
