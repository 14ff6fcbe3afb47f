using System.CommandLine;
using System.Text.Json;
using Recon.Cli.Hosting;
using Recon.Cli.Telemetry;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Definition;

namespace Recon.Cli.Tests.Telemetry;

public sealed class ForcedEndTests
{
    // RunSignals asks for it when the process ends although a run does not.
    [Fact]
    public async Task Export_WhenTheEndIsForced_HasWhatWasMeasuredAndCountsTheRunAsCancelled()
    {
        using var folder = TempFolder.WithDefinition();
        using var context = CliContext.Of(TextWriter.Null, TextWriter.Null, _ => null, CancellationToken.None);
        var global = new GlobalOptions();
        var root = new RootCommand();
        global.AddTo(root);
        var named = new NamedFiles(folder.File("pipeline.json"), DefinitionReader.Read(folder.File("pipeline.json")));
        using var file = MetricsFile.Open(folder.File("metrics.jsonl"), named);
        await using TelemetryExport export = TelemetryExport.Start(new Invocation(context, global, root.Parse([])), file)!;
        export.Metrics.Runs.Started("companies");
        export.Metrics.Runs.Started("deals");
        export.Metrics.Runs.Ended("companies", "completed", TimeSpan.FromSeconds(1), null, DateTimeOffset.UnixEpoch);

        await context.Signals.Ending!();

        string last = (await File.ReadAllLinesAsync(folder.File("metrics.jsonl"), TestContext.Current.CancellationToken))[^1];
        Assert.Equal(
            [("recon.run.active", "companies", "", 0), ("recon.run.active", "deals", "", 0), ("recon.run.duration", "companies", "completed", 1), ("recon.run.duration", "deals", "cancelled", 1)],
            JsonDocument.Parse(last).RootElement.GetProperty("metrics").EnumerateArray()
                .Select(metric => (Name: metric.GetProperty("name").GetString()!, Attributes: metric.GetProperty("attributes"), Metric: metric))
                .Where(metric => metric.Name.StartsWith("recon.run.", StringComparison.Ordinal) && metric.Name != "recon.run.last_success")
                .Select(metric => (
                    metric.Name,
                    metric.Attributes.GetProperty("pipeline").GetString()!,
                    metric.Attributes.TryGetProperty("outcome", out JsonElement outcome) ? outcome.GetString()! : "",
                    (metric.Metric.TryGetProperty("count", out JsonElement count) ? count : metric.Metric.GetProperty("value")).GetInt32()))
                .OrderBy(metric => metric.Name, StringComparer.Ordinal).ThenBy(metric => metric.Item2, StringComparer.Ordinal));
    }
}
