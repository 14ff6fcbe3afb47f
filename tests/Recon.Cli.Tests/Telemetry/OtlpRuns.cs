using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Telemetry;

/// <summary>One run of all pipelines by each protocol, exported, once for all tests of a class. A session was ended while it wrote.</summary>
public sealed class OtlpRuns(PostgresServer server) : IAsyncLifetime
{
    internal TempFolder Folder { get; private set; } = null!;

    internal Dictionary<string, ExportedRun> ByProtocol { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Folder = await LargeSample.CreateAsync(60_000);
        foreach (string protocol in (string[])["grpc", "http/protobuf"])
        {
            await using TestDatabase database = await DemoDatabase.CreateAsync(server);
            await using var receiver = OtlpReceiver.Start(protocol);
            await LargeSample.EndASessionAsync(Folder, database);
            await using CliProcess process = CliProcess.Start(
                Folder.Path,
                receiver.Environment(("OTEL_METRIC_EXPORT_INTERVAL", "50"), ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")),
                ["run", "--json", "--metrics", "otlp", "--postgres", database.ConnectionString]);
            CliRun run = await process.EndAsync();
            Assert.True(run.ExitCode == 0, run.Error);
            ByProtocol[protocol] = new ExportedRun(receiver, [.. JsonDocument.Parse(run.Out).RootElement.GetProperty("runs").EnumerateArray()], run.Error);
        }
    }

    public ValueTask DisposeAsync()
    {
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <param name="Runs">What <c>--json</c> said, by pipeline.</param>
internal sealed record ExportedRun(OtlpReceiver Received, IReadOnlyList<JsonElement> Runs, string Error)
{
    public IReadOnlyList<ReceivedPoint> Points { get; } = Received.Points;

    public IReadOnlyList<ReceivedSpan> Spans { get; } = Received.Spans;

    public IReadOnlyList<ReceivedLog> Logs { get; } = Received.Logs;
}
