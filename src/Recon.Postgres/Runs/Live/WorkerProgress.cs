using Recon.Dataflow.Telemetry;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Live;

/// <summary>A worker of a run. The four times are those of the workers of all its blocks, and add up to their time since it joined.</summary>
/// <param name="SplitsHeld">Splits that it has now.</param>
/// <param name="Records">Records of the batches that it committed.</param>
/// <param name="RecordsPerSecond">The same a second, in the last seconds.</param>
/// <param name="LastSeenSeconds">Since its last sign of life; <see langword="null"/> for one that has left.</param>
internal sealed record WorkerProgress(
    string Name,
    string Host,
    int ProcessId,
    long SplitsDone,
    long SplitsHeld,
    long Records,
    double RecordsPerSecond,
    double BusySeconds,
    double WaitingSeconds,
    double IdleSeconds,
    double BlockedSeconds,
    double? LastSeenSeconds,
    long MemoryBytes)
{
    public static WorkerProgress Of(
        WorkerCard card, BlockTimes times, long done, long held, long records, double speed, TimeSpan? silence, long memory) => new(
            card.Name,
            card.Host,
            card.ProcessId,
            done,
            held,
            records,
            Math.Round(speed, 1),
            Rounded(times.Busy),
            Rounded(times.Waiting),
            Rounded(times.Idle),
            Rounded(times.Blocked),
            silence is { } since ? Rounded(since) : null,
            memory);

    /// <summary>The same with what it, or another one, did afterwards.</summary>
    public WorkerProgress Plus(WorkerProgress other) => other with
    {
        SplitsDone = SplitsDone + other.SplitsDone,
        Records = Records + other.Records,
        BusySeconds = BusySeconds + other.BusySeconds,
        WaitingSeconds = WaitingSeconds + other.WaitingSeconds,
        IdleSeconds = IdleSeconds + other.IdleSeconds,
        BlockedSeconds = BlockedSeconds + other.BlockedSeconds,
    };

    /// <summary>What the log keeps of it.</summary>
    public LoggedWorker Logged() => new(Name, Host, SplitsDone, Records, BusySeconds, WaitingSeconds, IdleSeconds, BlockedSeconds);

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
