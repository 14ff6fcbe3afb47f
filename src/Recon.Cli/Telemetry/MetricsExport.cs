using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Recon.Cli.Hosting;
using Recon.Dataflow.Telemetry;

namespace Recon.Cli.Telemetry;

/// <summary>
/// Exports the meter <c>Recon</c> while a command runs. Disposing it exports what is left. What goes to machines has
/// Npgsql's meter beside it, and is also exported whenever a phase of a run ends, so that a run of seconds can be followed.
/// </summary>
internal sealed class MetricsExport : IAsyncDisposable
{
    private const string Npgsql = "Npgsql";
    private const int FilePeriod = 10_000;

    private static readonly TimeSpan s_consolePeriod = TimeSpan.FromMinutes(1);

    private readonly List<IDisposable> _owned = [];
    private readonly List<MeterProvider> _machines = [];
    private Task _flush = Task.CompletedTask;

    private MetricsExport()
    {
        Metrics.Runs.PhaseEnded += Flush;
    }

    public ReconMetrics Metrics { get; } = new();

    /// <param name="file">The file of <c>--metrics-file</c>, which the export disposes; <see langword="null"/> for none.</param>
    /// <returns>The export, or <see langword="null"/> when none is wanted.</returns>
    /// <exception cref="UsageException">The collector's address is none.</exception>
    public static MetricsExport? Start(Invocation invocation, MetricsFile? file)
    {
        bool console = invocation.Metrics.Contains("console", StringComparer.Ordinal);
        bool otlp = invocation.Metrics.Contains("otlp", StringComparer.Ordinal);
        return console || otlp || file is not null ? Start(invocation, console, otlp, file) : null;
    }

    // Apart, so that a run without metrics does not load what exports them.
    private static MetricsExport Start(Invocation invocation, bool console, bool otlp, MetricsFile? file)
    {
        if (otlp)
        {
            OtlpFailures.RequireAddress();
        }

        var export = new MetricsExport();
        if (console)
        {
            export.ToConsole(invocation.Context.ErrorLine);
        }

        if (otlp)
        {
            export._owned.Add(new OtlpFailures(new OtlpExporterOptions().Endpoint, invocation.Context.ErrorLine));
            export._machines.Add(Builder().AddMeter(Npgsql).AddOtlpExporter().Build());
        }

        if (file is not null)
        {
            export.ToFile(file, invocation.Context.ErrorLine);
        }

        return export;
    }

    public async ValueTask DisposeAsync()
    {
        Metrics.Runs.PhaseEnded -= Flush;
        await _flush;
        _machines.ForEach(provider => provider.Dispose());
        _owned.ForEach(owned => owned.Dispose());
        Metrics.Dispose();
    }

    private static MeterProviderBuilder Builder() => Sdk.CreateMeterProviderBuilder()
        .AddMeter(ReconMetrics.MeterName)
        .ConfigureResource(resource => resource.AddService("recon", serviceVersion: ToolVersion.Current.Version));

    // The console exporter's own target is standard output, which belongs to the result. Its other target is the process's
    // trace, whose listener here writes to standard error.
    private void ToConsole(Action<string> line)
    {
        var listener = new LineListener(line);
        Trace.Listeners.Clear();
        Trace.Listeners.Add(listener);
#pragma warning disable CA2000 // The provider owns the reader, the reader owns the exporter.
        _owned.Add(Builder().AddReader(new PeriodicExportingMetricReader(
            new TableMetricExporter(new ConsoleExporterOptions { Targets = ConsoleExporterOutputTargets.Debug }),
            (int)s_consolePeriod.TotalMilliseconds)).Build());
#pragma warning restore CA2000
        _owned.Add(listener);
    }

    private void ToFile(MetricsFile file, Action<string> line)
    {
#pragma warning disable CA2000 // The provider owns the reader, the reader owns the exporter.
        _machines.Add(Builder().AddMeter(Npgsql).AddReader(new PeriodicExportingMetricReader(
            new FileMetricExporter(file, TimeProvider.System, line),
            new PeriodicExportingMetricReaderOptions().ExportIntervalMilliseconds ?? FilePeriod)).Build());
#pragma warning restore CA2000
        _owned.Add(file);
    }

    // A run does not wait for a collector; phases that end while one is waited for are exported with the next.
    private void Flush()
    {
        if (_machines.Count > 0 && _flush.IsCompleted)
        {
            _flush = Task.Run(() => _machines.ForEach(provider => provider.ForceFlush()));
        }
    }

    private sealed class LineListener(Action<string> line) : TraceListener
    {
        public override void Write(string? message) => line(message ?? "");

        public override void WriteLine(string? message) => line(message ?? "");

        protected override void Dispose(bool disposing)
        {
            Trace.Listeners.Remove(this);
            base.Dispose(disposing);
        }
    }
}
