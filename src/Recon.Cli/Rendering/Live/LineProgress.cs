using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Rendering.Live;

/// <summary>Progress where nobody watches a terminal: a line every few seconds.</summary>
internal sealed class LineProgress(TimeProvider clock, Action<string> say) : IRunProgress
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);
    private ITimer? _timer;

    public void Opened(RunWatch run) => _timer = clock.CreateTimer(_ => Tell(run), null, s_period, s_period);

    public void Finished(RunWatch run) => _timer?.Dispose();

    private void Tell(RunWatch run)
    {
        try
        {
            say(ProgressText.Of(run.Snapshot()));
        }
#pragma warning disable CA1031 // Who watches a run must not end it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _timer?.Dispose();
            say($"{run.Pipeline}: progress is not told any more ({failure.GetType().Name}); the run goes on.");
        }
    }
}

/// <summary>The progress of a run on one line.</summary>
internal static class ProgressText
{
    /// <returns>Such as <c>deals: reading, 45 %, 12,000 records committed, 24,000 records/s, 'contact' limits</c>.</returns>
    public static string Of(RunProgress run)
    {
        string share = run is { WaitsFor: null, Share: { } part } ? $", {(int)(100 * part)} %" : "";
        string before = run.RecordsBefore == 0 ? "" : $" (and {Show.Count(run.RecordsBefore)} before)";
        string now = run.WaitsFor is { } waits ? $", waits for {waits}"
            : $", {Show.Count((long)run.RowsPerSecond)} records/s{(run.Verdict is { Sure: not "unclear", Block: { } block } ? $", '{block}' limits" : "")}";
        return $"{run.Pipeline}: {Word(run)}{share}, {Show.Count(run.Account.Read)} records {(run.DryRun ? "compared" : "committed")}{before}{now}";
    }

    /// <summary>The phase, or what keeps the reader from reading.</summary>
    public static string Word(RunProgress run)
        => run.WaitsFor is not null ? run.Phase : run.Stopping ? "stopping" : run.Paused ? "paused" : run.Phase;
}
