using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recon.Cluster;

/// <summary>
/// What Orleans logs, for recon's own log: only what it takes for a failure, as a warning, because a run does not depend on it; the same
/// event of the same part once in a while. What it warns of is for those who ask for all.
/// </summary>
internal sealed class SiloLogs(ILogger logger, TimeProvider clock) : ILoggerProvider
{
    private static readonly TimeSpan s_once = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Category, int Event), long> _told = [];

    private volatile bool _isMuted = true;

    /// <summary>Tells from now on: what kept a silo from joining is told by who wanted it to.</summary>
    public void Begin() => _isMuted = false;

    /// <summary>Tells nothing from now on: of a silo that leaves, it is no news that its parts end in the middle of their work.</summary>
    public void Mute() => _isMuted = true;

    public ILogger CreateLogger(string categoryName) => new PartLogger(this, categoryName);

    public void Dispose()
    {
    }

    private bool IsNews(string category, EventId id)
    {
        long now = clock.GetTimestamp();
        bool isNews = false;
        _told.AddOrUpdate(
            (category, id.Id),
            _ =>
            {
                isNews = true;
                return now;
            },
            (_, last) =>
            {
                isNews = clock.GetElapsedTime(last, now) >= s_once;
                return isNews ? now : last;
            });
        return isNews;
    }

    private sealed class PartLogger(SiloLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && !logs._isMuted && logs.IsNews(category, eventId))
            {
                logs.Tell(formatter(state, exception));
            }
        }
    }

    private void Tell(string text) => logger.ClusterTold(text);
}
