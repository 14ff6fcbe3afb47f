using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;
using Recon.HubSpot.Api;

namespace Recon.HubSpot.Tests.Api;

/// <summary>A client of a scripted service, on a clock that jumps over waits.</summary>
internal sealed class ClientRig : IAsyncDisposable
{
    public const string Token = "secret-token-5f3a";

    public ClientRig(string version, params Func<NetworkStream, Task>[] reactions)
        : this(version, 20, null, reactions)
    {
    }

    public ClientRig(string version, int timeoutSeconds, PushMetrics? metrics, params Func<NetworkStream, Task>[] reactions)
    {
        Service = new TestService(reactions);
        Clock = new SkippingClock(TimeSpan.FromSeconds(timeoutSeconds));
        Bucket = new RecordingBucket();
        Client = new HubspotClient(Settings(Service.Address, version, timeoutSeconds), Bucket, timeoutSeconds == 1 ? TimeProvider.System : Clock, new ListLogger(Said), metrics);
    }

    public TestService Service { get; }

    public SkippingClock Clock { get; }

    public RecordingBucket Bucket { get; }

    public HubspotClient Client { get; }

    public List<string> Said { get; } = [];

    public static HubspotSettings Settings(string address, string version, int timeoutSeconds = 20) => HubspotSettings.Resolve(
        new HubspotDefinition { Base = address, Token = "env:TOKEN_VARIABLE", Version = version, TimeoutSeconds = timeoutSeconds },
        name => name == "TOKEN_VARIABLE" ? Token : null);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Service.DisposeAsync();
    }

    private sealed class ListLogger(List<string> said) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => said.Add(formatter(state, exception));
    }
}

/// <summary>Has room for every call, and keeps what it was told.</summary>
internal sealed class RecordingBucket : ICallBucket
{
    public int Taken { get; private set; }

    public List<RateState> Told { get; } = [];

    public ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        Taken++;
        return ValueTask.CompletedTask;
    }

    public ValueTask ObserveAsync(RateState state, CancellationToken cancellationToken)
    {
        Told.Add(state);
        return ValueTask.CompletedTask;
    }
}
