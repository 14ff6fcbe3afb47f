using Microsoft.Extensions.Logging;

namespace Recon.Testing;

/// <summary>Hands the texts of log events on.</summary>
internal sealed class CallLogger(Action<string> call) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => call(formatter(state, exception));
}
