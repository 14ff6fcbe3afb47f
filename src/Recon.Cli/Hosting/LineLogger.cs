using Microsoft.Extensions.Logging;
using Recon.Postgres.Runs;

namespace Recon.Cli.Hosting;

/// <summary>
/// Writes log events as lines for people: warnings and failures always, what is only worth knowing unless
/// <c>--quiet</c> was given.
/// </summary>
internal sealed class LineLogger(Action<string> line, bool quiet) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= (quiet ? LogLevel.Warning : LogLevel.Information);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && !RunMessages.IsBeginOrEnd(eventId))
        {
            line(formatter(state, exception));
        }
    }
}
