using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>What shows progress, and can be waited for before the result is printed.</summary>
internal interface IProgressDisplay : IRunProgress
{
    /// <summary>Waits until nothing is drawn any more.</summary>
    Task SettleAsync();
}

/// <summary>Progress where nobody watches a terminal: a line every few seconds.</summary>
/// <param name="clock">The clock.</param>
/// <param name="say">Takes the lines.</param>
internal sealed class LineProgress(TimeProvider clock, Action<string> say) : IProgressDisplay
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private ITimer? _timer;

    /// <inheritdoc/>
    public void Started(string pipeline, Func<RunState> state)
    {
        long start = clock.GetTimestamp();
        _timer = clock.CreateTimer(_ => say(ProgressText.Of(pipeline, state(), clock.GetElapsedTime(start))), null, Period, Period);
    }

    /// <inheritdoc/>
    public void Finished(string pipeline) => _timer?.Dispose();

    /// <inheritdoc/>
    public void Say(string message) => say(message);

    /// <inheritdoc/>
    public Task SettleAsync() => Task.CompletedTask;
}

/// <summary>Progress for <c>--quiet</c>: none.</summary>
internal sealed class NoProgress : IProgressDisplay
{
    /// <inheritdoc/>
    public void Started(string pipeline, Func<RunState> state)
    {
    }

    /// <inheritdoc/>
    public void Finished(string pipeline)
    {
    }

    /// <inheritdoc/>
    public void Say(string message)
    {
    }

    /// <inheritdoc/>
    public Task SettleAsync() => Task.CompletedTask;
}

/// <summary>The state of a run on one line.</summary>
internal static class ProgressText
{
    /// <summary>The line.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="state">Its state.</param>
    /// <param name="elapsed">The time since it started.</param>
    /// <returns>Such as <c>deals: reading, 45 %, 12,000 records committed, 24,000 records/s</c>.</returns>
    public static string Of(string pipeline, RunState state, TimeSpan elapsed)
    {
        string share = state is { Phase: "reading", TotalBytes: > 0 and { } total }
            ? $", {Math.Min(100, state.BytesRead * 100 / total)} %"
            : "";
        return $"{pipeline}: {state.Phase}{share}, {Show.Count(state.RecordsCommitted)} records committed, "
            + $"{Show.Count(Show.Rate(state.RecordsCommitted, elapsed))} records/s";
    }
}
