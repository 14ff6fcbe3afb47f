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
}
