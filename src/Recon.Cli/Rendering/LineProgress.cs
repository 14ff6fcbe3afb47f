using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>Progress where nobody watches a terminal: a line every few seconds.</summary>
internal sealed class LineProgress(TimeProvider clock, Action<string> say) : IRunProgress
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);
    private ITimer? _timer;

    public void Started(string pipeline, Func<RunState> state)
    {
        long start = clock.GetTimestamp();
        _timer = clock.CreateTimer(_ => say(ProgressText.Of(pipeline, state(), clock.GetElapsedTime(start))), null, s_period, s_period);
    }

    public void Finished(string pipeline) => _timer?.Dispose();
}

/// <summary>The state of a run on one line.</summary>
internal static class ProgressText
{
    /// <returns>Such as <c>deals: reading, 45 %, 12,000 records committed, 24,000 records/s</c>.</returns>
    public static string Of(string pipeline, RunState state, TimeSpan elapsed)
    {
        string share = state is { Phase: "reading", Share: { } part } ? $", {(int)(100 * part)} %" : "";
        string before = state.RecordsCommittedBefore == 0 ? "" : $" (and {Show.Count(state.RecordsCommittedBefore)} before)";
        return $"{pipeline}: {state.Phase}{share}, {Show.Count(state.RecordsCommitted)} records committed{before}, "
            + $"{Show.Count(Show.Rate(state.RecordsCommitted, elapsed))} records/s";
    }
}
