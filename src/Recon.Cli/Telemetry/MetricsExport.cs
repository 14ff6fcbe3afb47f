using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Recon.Cli.Hosting;
using Recon.Dataflow.Telemetry;

namespace Recon.Cli.Telemetry;

/// <summary>
/// Exports the meter <c>Recon</c> while a command runs. Disposing it exports what is left, exactly once: a flush before
/// would export the same numbers twice.
/// </summary>
internal sealed class MetricsExport : IDisposable
{
    private static readonly TimeSpan s_consolePeriod = TimeSpan.FromMinutes(1);

    private readonly MeterProvider _provider;
    private readonly TraceListener? _listener;

    private MetricsExport(ReconMetrics metrics, MeterProvider provider, TraceListener? listener)
    {
        (Metrics, _provider, _listener) = (metrics, provider, listener);
    }

    public ReconMetrics Metrics { get; }

    /// <returns>The export, or <see langword="null"/> when none is wanted.</returns>
    public static MetricsExport? Start(Invocation invocation)
    {
        bool console = invocation.Metrics.Contains("console", StringComparer.Ordinal);
        bool otlp = invocation.Metrics.Contains("otlp", StringComparer.Ordinal);
        return console || otlp ? Start(invocation, console, otlp) : null;
    }

    // Apart, so that a run without metrics does not load what exports them.
    private static MetricsExport Start(Invocation invocation, bool console, bool otlp)
    {
#pragma warning disable CA2000 // The object that is returned owns it.
        var metrics = new ReconMetrics();
#pragma warning restore CA2000
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .AddMeter(ReconMetrics.MeterName)
            .ConfigureResource(resource => resource.AddService("recon", serviceVersion: Invocation.ToolVersion));
        TraceListener? listener = null;
        if (console)
        {
            // The console exporter's own target is standard output, which belongs to the result. Its other target is
            // the process's trace, whose listener here writes to standard error.
            listener = new LineListener(invocation.Context.ErrorLine);
            Trace.Listeners.Clear();
            Trace.Listeners.Add(listener);
#pragma warning disable CA2000 // The provider owns the reader, the reader owns the exporter.
            builder.AddReader(new PeriodicExportingMetricReader(
                new ConsoleMetricExporter(new ConsoleExporterOptions { Targets = ConsoleExporterOutputTargets.Debug }),
                (int)s_consolePeriod.TotalMilliseconds));
#pragma warning restore CA2000
        }

        if (otlp)
        {
            builder.AddOtlpExporter();
        }

        return new MetricsExport(metrics, builder.Build(), listener);
    }

    public void Dispose()
    {
        _provider.Dispose();
        Metrics.Dispose();
        if (_listener is not null)
        {
            Trace.Listeners.Remove(_listener);
            _listener.Dispose();
        }
    }

    private sealed class LineListener(Action<string> line) : TraceListener
    {
        public override void Write(string? message) => line(message ?? "");

        public override void WriteLine(string? message) => line(message ?? "");
    }
}
