using Microsoft.Extensions.Logging;

namespace Recon.Cli.Hosting;

/// <summary>Hands log events to two loggers.</summary>
internal sealed class BothLoggers(ILogger one, ILogger other) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => one.IsEnabled(logLevel) || other.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        one.Log(logLevel, eventId, state, exception, formatter);
        other.Log(logLevel, eventId, state, exception, formatter);
    }
}
