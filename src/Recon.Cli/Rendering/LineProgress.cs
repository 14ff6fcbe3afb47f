using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>What shows progress, and can be waited for before the result is printed.</summary>
internal interface IProgressDisplay : IRunProgress
{
    /// <summary>Writes a line without disturbing what is drawn.</summary>
    void Say(string message);

    /// <summary>Waits until nothing is drawn any more.</summary>
    Task SettleAsync();
}

/// <summary>Progress where nobody watches a terminal: a line every few seconds.</summary>
internal sealed class LineProgress(TimeProvider clock, Action<string> say) : IProgressDisplay
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);
    private ITimer? _timer;

    public void Started(string pipeline, Func<RunState> state)
    {
        long start = clock.GetTimestamp();
        _timer = clock.CreateTimer(_ => say(ProgressText.Of(pipeline, state(), clock.GetElapsedTime(start))), null, s_period, s_period);
    }

    public void Finished(string pipeline) => _timer?.Dispose();

    public void Say(string message) => say(message);

    public Task SettleAsync() => Task.CompletedTask;
}

/// <summary>Progress for <c>--quiet</c>: none.</summary>
internal sealed class NoProgress(Action<string> say) : IProgressDisplay
{
    public void Started(string pipeline, Func<RunState> state)
    {
    }

    public void Finished(string pipeline)
    {
    }

    public void Say(string message) => say(message);

    public Task SettleAsync() => Task.CompletedTask;
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
