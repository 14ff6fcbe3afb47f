namespace Recon.Postgres.Staging;

/// <summary>What a worker did of a run; the four times are those of the workers of all its blocks.</summary>
/// <param name="Splits">Splits that it finished.</param>
/// <param name="Records">Records of the batches that it committed.</param>
internal sealed record LoggedWorker(
    string Name, string Host, long Splits, long Records, double BusySeconds, double WaitingSeconds, double IdleSeconds, double BlockedSeconds)
{
    /// <summary>The same with what it did when it had joined at another time.</summary>
    public LoggedWorker Plus(LoggedWorker other) => this with
    {
        Splits = Splits + other.Splits,
        Records = Records + other.Records,
        BusySeconds = BusySeconds + other.BusySeconds,
        WaitingSeconds = WaitingSeconds + other.WaitingSeconds,
        IdleSeconds = IdleSeconds + other.IdleSeconds,
        BlockedSeconds = BlockedSeconds + other.BlockedSeconds,
    };
}
