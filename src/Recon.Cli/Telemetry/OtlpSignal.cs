using Recon.Cli.Hosting;

namespace Recon.Cli.Telemetry;

/// <summary>One of the things that go to a collector, and what the environment says of it.</summary>
/// <param name="Name">As variables have it.</param>
/// <param name="Path">What every address that takes it has in its path.</param>
internal sealed record OtlpSignal(string Name, string Path)
{
    public static readonly OtlpSignal Metrics = new("METRICS", "metrics");
    public static readonly OtlpSignal Traces = new("TRACES", "trace");
    public static readonly OtlpSignal Logs = new("LOGS", "logs");

    private static readonly string[] s_protocols = ["grpc", "http/protobuf"];

    /// <summary>The variable with which OpenTelemetry's specification leaves it out.</summary>
    public string Exporter => $"OTEL_{Name}_EXPORTER";

    /// <summary>What goes to a collector: metrics, which <c>--metrics otlp</c> asks for, and what the environment does not leave out.</summary>
    /// <exception cref="UsageException">The environment names no address of a collector, or no protocol.</exception>
    public static IReadOnlyList<OtlpSignal> Wanted(Action<string> tell)
    {
        OtlpSignal[] wanted = [Metrics, .. ((OtlpSignal[])[Traces, Logs]).Where(signal => signal.IsWanted(tell))];
        foreach (string variable in wanted.SelectMany(signal => (string[])["OTEL_EXPORTER_OTLP_", $"OTEL_EXPORTER_OTLP_{signal.Name}_"]).Distinct())
        {
            RequireAddress($"{variable}ENDPOINT");
            RequireProtocol($"{variable}PROTOCOL");
        }

        return wanted;
    }

    public override string ToString() => Name.ToLowerInvariant();

    private bool IsWanted(Action<string> tell)
    {
        if (Environment.GetEnvironmentVariable(Exporter) is not { Length: > 0 } exporters || exporters.Split(',').Contains("otlp"))
        {
            return true;
        }

        if (exporters != "none")
        {
            tell($"recon: {Exporter} is '{exporters}'; recon sends {this} only by OTLP, so none are sent. Write otlp, or none.");
        }

        return false;
    }

    // In place of an address that is none, the exporter would take its default.
    private static void RequireAddress(string variable)
    {
        string? address = Environment.GetEnvironmentVariable(variable);
        if (!string.IsNullOrWhiteSpace(address)
            && !(Uri.TryCreate(address, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https"))
        {
            throw new UsageException(
                $"{variable} is '{address}', which is not a collector address. Write one such as http://localhost:4317 (gRPC), or "
                + "http://localhost:4318 with OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.");
        }
    }

    private static void RequireProtocol(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } protocol && !s_protocols.Contains(protocol))
        {
            throw new UsageException($"{variable} is '{protocol}'. Write grpc or http/protobuf.");
        }
    }
}
