using Recon.Postgres.Runs;

namespace Recon.Postgres.Lookups;

/// <summary>How much a run asks lookups for.</summary>
/// <param name="inputBytes">Bytes of input; <see langword="null"/> when not known.</param>
/// <param name="most">The most records that the run takes of it; <see langword="null"/> for all.</param>
/// <param name="batches">The most batches that they are in; <see langword="null"/> when not known.</param>
internal sealed class AskedRecords(long? inputBytes, long? most, long? batches)
{
    // Exports have some 200 bytes a record; the estimate only has to be right within a factor of two.
    private const double BytesPerRecord = 200;

    /// <summary>About how many records.</summary>
    public double Records => Math.Min((inputBytes ?? long.MaxValue) / BytesPerRecord, most ?? long.MaxValue);

    /// <summary>Whether no more than one batch asks, which only the run's options tell for certain.</summary>
    public bool IsOneBatch => batches <= 1;

    /// <param name="isTrial">Whether the request's limit only shortens a trial of a whole run.</param>
    public static AskedRecords Of(RunRequest request, long? inputBytes, int batchRows, bool isTrial)
        => isTrial ? new AskedRecords(inputBytes, null, null)
            // The records of ids may lie far from each other.
            : request.Ids is { } ids ? new AskedRecords(inputBytes, ids.Count, ids.Count)
            : new AskedRecords(inputBytes, request.Limit, (request.Limit + batchRows - 1) / batchRows);
}
