using System.Diagnostics.Tracing;
using Recon.Cli.Hosting;

namespace Recon.Cli.Telemetry;

/// <summary>Tells once that a collector does not take what is sent to it: the exporter itself says it only to who listens.</summary>
internal sealed class OtlpFailures(Uri endpoint, Action<string> tell) : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private static readonly string[] s_variables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    private int _told;

    /// <summary>Refuses an address that is none, in place of which the exporter would take its default.</summary>
    /// <exception cref="UsageException">The environment names no address of a collector.</exception>
    public static void RequireAddress()
    {
        foreach (string variable in s_variables)
        {
            string? address = Environment.GetEnvironmentVariable(variable);
            if (!string.IsNullOrWhiteSpace(address)
                && !(Uri.TryCreate(address, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https"))
            {
                throw new UsageException(
                    $"{variable} is '{address}', which is no address of a collector. Write one such as http://localhost:4317 (gRPC), or "
                    + "http://localhost:4318 with OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.");
            }
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name == Source && Interlocked.Exchange(ref _told, 1) == 0)
        {
            string why = (eventData.Payload ?? []).Select(part => part?.ToString() ?? "").LastOrDefault(part => part.Length > 0) ?? "";
            string line = why.Split('\n')[0].Trim().TrimEnd('.');
            tell($"recon: {endpoint} does not take the metrics{(line.Length > 0 ? $": {line}" : "")}. The run goes on without them. Is a collector "
                + "listening there, and is OTEL_EXPORTER_OTLP_PROTOCOL (grpc or http/protobuf) the one that it speaks?");
        }
    }
}
