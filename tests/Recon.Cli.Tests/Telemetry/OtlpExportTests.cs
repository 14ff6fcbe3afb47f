using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Telemetry;

/// <summary>What of a run goes to a collector, as the environment has it, and at every kind of end.</summary>
public sealed class OtlpExportTests(PostgresServer server)
{
    private const int SigTerm = 15;

    [Fact]
    public async Task Sampler_AlwaysOff_SendsNoSpans()
    {
        (OtlpReceiver received, CliRun run) = await RunAsync("grpc", [], ("OTEL_TRACES_SAMPLER", "always_off"));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(received.Spans);
        Assert.NotEmpty(received.Points);
        Assert.NotEmpty(received.Logs);
    }

    [Theory]
    [InlineData("traceidratio")]
    [InlineData("parentbased_traceidratio")]
    public async Task Sampler_Ratio_SendsThatShareOfTheBatchesWithAllThatIsBelow(string sampler)
    {
        using TempFolder folder = await LargeSample.CreateAsync(20_000);
        (OtlpReceiver received, CliRun run) = await RunAsync(
            "http/protobuf", ["communications"], folder.Path, ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", "0.25"));

        IReadOnlyList<ReceivedSpan> spans = received.Spans;
        double batches = received.Points.Single(point => point.Name == "recon.batches.committed").Value;
        HashSet<string> ids = [.. spans.Select(span => span.Id)];
        Assert.Equal(0, run.ExitCode);
        Assert.True(batches > 4);
        Assert.Equal(
            Enumerable.Range(1, (int)batches).Where(number => number % 4 == 1),
            spans.Where(span => span.Name == "batch").Select(span => int.Parse(span.Attributes["batch"], provider: null)).Order());
        Assert.All(spans.Where(span => span.Parent.Length > 0), span => Assert.Contains(span.Parent, ids));
        Assert.Single(spans, span => span.Parent.Length == 0);
        Assert.Contains(spans, span => span.Name == "publishing");
    }

    [Fact]
    public async Task Exporters_None_SendMetricsOnlyAfterPhasesAndAtTheEnd()
    {
        (OtlpReceiver received, CliRun run) = await RunAsync("grpc", [], ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_LOGS_EXPORTER", "none"));

        Assert.Equal(0, run.ExitCode);
        Assert.All(received.Requests, request => Assert.Equal("metrics", request.Signal));
        Assert.InRange(received.Requests.Count, 2, 20);
    }

    [Fact]
    public async Task Environment_NamesWhatIsUnknown_IsToldAndTheRunGoesOn()
    {
        (OtlpReceiver received, CliRun run) = await RunAsync(
            "grpc", [], ("OTEL_LOGS_EXPORTER", "console"), ("OTEL_TRACES_SAMPLER", "always-off"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"), ("OTEL_SERVICE_NAME", "nightly"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("OTEL_LOGS_EXPORTER is 'console'; recon sends logs only by OTLP", run.Error, StringComparison.Ordinal);
        Assert.Contains("OTEL_TRACES_SAMPLER is 'always-off', so every batch is traced", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Split("OTEL_EXPORTER_OTLP_TIMEOUT cannot be used (soon)").Length);
        Assert.NotEmpty(received.Spans);
        Assert.All(received.Spans, span => Assert.Equal("nightly", span.Resource["service.name"]));
    }

    [Fact]
    public async Task Protocol_ThatIsNone_IsRefused()
    {
        await using CliProcess process = CliProcess.Start(
            Repository.Root, new() { ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http" }, ["run", "companies", "--metrics", "otlp"]);

        CliRun run = await process.EndAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is 'http'. Write grpc or http/protobuf.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grpc", "Unimplemented")]
    [InlineData("http/protobuf", "404")]
    public async Task Collector_TakesMetricsOnly_IsToldOnceForTracesAndForLogs(string protocol, string reason)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using var receiver = OtlpReceiver.Start(protocol, "trace", "logs");

        CliRun run = await RunAsync(receiver, database, Repository.Root, ["companies"]);

        Assert.Equal(0, run.ExitCode);
        string[] told = run.Error.Split("does not take the ");
        Assert.Equal(["logs", "traces"], told.Skip(1).Select(line => line.Split(':')[0]).Order());
        Assert.All(told.Skip(1), line => Assert.Contains(reason, line, StringComparison.Ordinal));
        Assert.Contains("OTEL_TRACES_EXPORTER=none leaves them out", run.Error, StringComparison.Ordinal);
        Assert.NotEmpty(receiver.Points);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Collector_Away_IsToldOnceForAllThatGoesToIt(string protocol)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using CliProcess process = CliProcess.Start(
            Repository.Root,
            new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol },
            ["run", "companies", "--metrics", "otlp", "--quiet", "--postgres", database.ConnectionString]);

        CliRun run = await process.EndAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("recon: http://127.0.0.1:1 does not take the metrics, traces, logs: Connection refused", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task End_Refused_IsTold()
    {
        (OtlpReceiver received, CliRun run) = await RunAsync("grpc", ["companies", "--max-rejects", "0"]);

        Assert.Equal(3, run.ExitCode);
        AssertEnd(received, "refused", "maxRejects", "Error", isError: true);
    }

    [Fact]
    public async Task End_BySignal_IsTold()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = await LargeSample.CreateAsync();
        await using var receiver = OtlpReceiver.Start("grpc");
        await using CliProcess process = Start(receiver, database, folder.Path, ["communications"]);
        await using (await LargeSample.HoldAsync(database))
        {
            process.Signal(SigTerm);
            await process.WaitForErrorAsync("Stopping");
        }

        CliRun run = await process.EndAsync();

        Assert.Equal(143, run.ExitCode);
        AssertEnd(receiver, "cancelled", null, "Warning", isError: false);
    }

    [Fact]
    public async Task End_ServerAway_IsTold()
    {
        await using var receiver = OtlpReceiver.Start("grpc");
        await using CliProcess process = CliProcess.Start(
            Repository.Root, receiver.Environment(), ["run", "companies", "--metrics", "otlp", "--postgres", "postgres://somebody@127.0.0.1:1/none"]);

        CliRun run = await process.EndAsync();

        Assert.NotEqual(0, run.ExitCode);
        AssertEnd(receiver, "failed", "NpgsqlException", "Error", isError: true, spanName: "run");
    }

    private static void AssertEnd(OtlpReceiver received, string outcome, string? cause, string severity, bool isError, string spanName = "pipeline")
    {
        ReceivedPoint ended = Assert.Single(received.Points, point => point.Name == "recon.run.duration");
        ReceivedSpan span = Assert.Single(received.Spans, span => span.Name == spanName);
        ReceivedLog log = Assert.Single(received.Logs, log => log.Event == "RunNotCompleted");
        Assert.Equal((outcome, 1), (ended.Attributes["outcome"], ended.Value));
        Assert.Equal((outcome, cause, isError), (span.Attributes["outcome"], span.Attributes.GetValueOrDefault("error.type"), span.IsError));
        Assert.Equal((outcome, cause ?? "a signal", severity), (log.Attributes["Outcome"], log.Attributes["Cause"], log.Severity));
        Assert.Equal(0, received.Points.Single(point => point.Name == "recon.run.active").Value);
        Assert.DoesNotContain(received.Points, point => point.Name == "recon.run.last_success");
        Assert.Contains(received.Spans, span => span.Name == "run");
    }

    private Task<(OtlpReceiver Received, CliRun Run)> RunAsync(string protocol, string[] args, params (string Name, string Value)[] environment)
        => RunAsync(protocol, args.Length > 0 ? args : ["companies"], Repository.Root, environment);

    private async Task<(OtlpReceiver Received, CliRun Run)> RunAsync(
        string protocol, string[] args, string folder, params (string Name, string Value)[] environment)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using var receiver = OtlpReceiver.Start(protocol);
        return (receiver, await RunAsync(receiver, database, folder, args, environment));
    }

    private static async Task<CliRun> RunAsync(
        OtlpReceiver receiver, TestDatabase database, string folder, string[] args, params (string Name, string Value)[] environment)
    {
        await using CliProcess process = Start(receiver, database, folder, args, environment);
        return await process.EndAsync();
    }

    private static CliProcess Start(
        OtlpReceiver receiver, TestDatabase database, string folder, string[] args, params (string Name, string Value)[] environment)
        => CliProcess.Start(folder, receiver.Environment(environment), ["run", .. args, "--metrics", "otlp", "--postgres", database.ConnectionString]);
}
