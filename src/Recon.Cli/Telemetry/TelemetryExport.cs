using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Recon.Cli.Hosting;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Runs;

namespace Recon.Cli.Telemetry;

/// <summary>
/// Exports the meter <c>Recon</c> while a command runs, and to a collector also its traces and logs. Disposing it exports what
/// is left. What goes to machines has Npgsql's meter beside it, and is also exported whenever a phase of a run ends, so that a
/// run of seconds can be followed.
/// </summary>
internal sealed class TelemetryExport : IAsyncDisposable
{
    private static readonly TimeSpan s_consolePeriod = TimeSpan.FromMinutes(1);

    private readonly List<IDisposable> _owned = [];
    private readonly List<IDisposable> _collected = [];
    private readonly List<MeterProvider> _machines = [];
    private FileMetrics? _file;
    private readonly RunSignals _signals;
    private Task _flush = Task.CompletedTask;

    private TelemetryExport(ILogger logger, RunSignals signals)
    {
        Logger = logger;
        Metrics.Runs.PhaseEnded += Flush;
        _signals = signals;
        _signals.Ending = EndAsync;
    }

    public ReconMetrics Metrics { get; } = new();

    /// <summary>What a run is to log to.</summary>
    public ILogger Logger { get; private set; }

    /// <param name="file">The file of <c>--metrics-file</c>, which the export disposes; <see langword="null"/> for none.</param>
    /// <returns>The export, or <see langword="null"/> when none is wanted.</returns>
    /// <exception cref="UsageException">The environment names no address of a collector, or no protocol; or a table would be written among documents.</exception>
    public static TelemetryExport? Start(Invocation invocation, MetricsFile? file)
    {
        bool console = invocation.Metrics.Contains("console", StringComparer.Ordinal);
        bool otlp = invocation.Metrics.Contains("otlp", StringComparer.Ordinal);
        return console || otlp || file is not null ? Start(invocation, console, otlp, file) : null;
    }

    // Apart, so that a run without metrics does not load what exports them.
    private static TelemetryExport Start(Invocation invocation, bool console, bool otlp, MetricsFile? file)
    {
        if (console && invocation.Context.Json is not null)
        {
            throw new UsageException("--metrics console writes a table, and --log-format json asks for documents. Use --metrics-file or --metrics otlp with it.");
        }

        IReadOnlyList<OtlpSignal> signals = otlp ? OtlpSignal.Wanted(invocation.Context.ErrorLine) : [];
        var export = new TelemetryExport(invocation.Logger, invocation.Context.Signals);
        if (console)
        {
            export.ToConsole(invocation.Context.ErrorLine);
        }

        if (otlp)
        {
            export.ToCollector(signals, invocation.Context.ErrorLine);
        }

        if (file is not null)
        {
            export._file = new FileMetrics(file, invocation.Context.Clock, invocation.Context.ErrorLine);
        }

        return export;
    }

    // At the same time: a collector that does not answer holds each of them up for some seconds.
    public async ValueTask DisposeAsync()
    {
        _signals.Ending = null;
        Metrics.Runs.PhaseEnded -= Flush;
        await _flush;
        await Task.WhenAll(_machines.Concat(_collected).Select(provider => Task.Run(provider.Dispose)));
        _file?.Dispose();
        _owned.ForEach(owned => owned.Dispose());
        Metrics.Dispose();
    }

    // A process that ends although its runs do not: what is left goes out, as far as there is time.
    private async Task EndAsync()
    {
        Metrics.Runs.Abandon();
        _file?.Dispose();
        await Task.WhenAll(_machines.Concat(_collected).Select(provider => Task.Run(provider.Dispose)));
    }

    private static MeterProviderBuilder Meters() => Sdk.CreateMeterProviderBuilder().AddMeter(ReconMetrics.MeterName).ConfigureResource(Describe);

    // What the environment says of the service comes last, so that it counts.
    private static void Describe(ResourceBuilder resource)
        => resource.AddService("recon", serviceVersion: ToolVersion.Current.Version).AddEnvironmentVariableDetector();

    private void ToCollector(IReadOnlyList<OtlpSignal> signals, Action<string> line)
    {
        _owned.Add(new OtlpFailures(signals, line));
        _machines.Add(Meters().AddMeter(NpgsqlSpans.SourceName).AddOtlpExporter().Build());
        if (signals.Contains(OtlpSignal.Traces))
        {
#pragma warning disable CA2000 // The provider owns its processors.
            TracerProviderBuilder traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe)
                .AddSource(ReconTrace.SourceName, NpgsqlSpans.SourceName).AddProcessor(new NpgsqlSpans());
            if (BatchShare.OfEnvironment(line) is { } share)
            {
                traces.SetSampler(new ParentBasedSampler(new AlwaysOnSampler())).AddProcessor(share);
            }

            _collected.Add(traces.AddOtlpExporter().Build());
#pragma warning restore CA2000
        }

        if (signals.Contains(OtlpSignal.Logs))
        {
            var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(logs =>
            {
                var resource = ResourceBuilder.CreateDefault();
                Describe(resource);

                // It would ask the services of this factory for one, which are gone when the last lines are sent.
                logs.SetResourceBuilder(resource).AddOtlpExporter(exporter => exporter.HttpClientFactory =
                    () => new HttpClient { Timeout = TimeSpan.FromMilliseconds(exporter.TimeoutMilliseconds) });
                logs.IncludeFormattedMessage = true;
            }));
            _collected.Add(loggers);
            Logger = new BothLoggers(Logger, loggers.CreateLogger(RunMessages.Category));
        }
    }

    // The console exporter's own target is standard output, which belongs to the result. Its other target is the process's
    // trace, whose listener here writes to standard error.
    private void ToConsole(Action<string> line)
    {
        var listener = new LineListener(line);
        Trace.Listeners.Clear();
        Trace.Listeners.Add(listener);
#pragma warning disable CA2000 // The provider owns the reader, the reader owns the exporter.
        _owned.Add(Meters().AddReader(new PeriodicExportingMetricReader(
            new TableMetricExporter(new ConsoleExporterOptions { Targets = ConsoleExporterOutputTargets.Debug }),
            (int)s_consolePeriod.TotalMilliseconds)).Build());
#pragma warning restore CA2000
        _owned.Add(listener);
    }

    // A run does not wait for a collector; phases that end while one is waited for are exported with the next.
    private void Flush()
    {
        if (_flush.IsCompleted)
        {
            _flush = Task.Run(() =>
            {
                _file?.Write();
                _machines.ForEach(provider => provider.ForceFlush());
            });
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
