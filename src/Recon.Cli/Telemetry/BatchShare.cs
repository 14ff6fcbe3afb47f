using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;
using Recon.Dataflow.Telemetry;

namespace Recon.Cli.Telemetry;

/// <summary>
/// Leaves all but a share of the batches out of a trace, and with them all that is below them. A run is one trace, of which a
/// sampler of traces would keep all or nothing.
/// </summary>
internal sealed class BatchShare(double share) : BaseProcessor<Activity>
{
    private const string Variable = "OTEL_TRACES_SAMPLER";

    private static readonly string[] s_known =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    /// <summary>The share that the environment asks for; <see langword="null"/> leaves it to OpenTelemetry.</summary>
    public static BatchShare? OfEnvironment(Action<string> tell)
    {
        string? name = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(name) && !s_known.Contains(name))
        {
            tell($"recon: {Variable} is '{name}', so every batch is traced. It takes {string.Join(", ", s_known)}.");
        }

        return name?.EndsWith("traceidratio", StringComparison.Ordinal) == true
            && double.TryParse(
                Environment.GetEnvironmentVariable($"{Variable}_ARG"), NumberStyles.Float, CultureInfo.InvariantCulture, out double share)
            && share is > 0 and < 1
                ? new BatchShare(share)
                : null;
    }

    // Not sampled, so not sent; it is there for those below it, which are asked about their parent.
    public override void OnStart(Activity data)
    {
        if (data.OperationName == ReconTrace.Batch && data.Source.Name == ReconTrace.SourceName && !IsKept(data.GetTagItem(ReconTrace.Batch) as long? ?? 1))
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    // By number, so that runs of one file have the same ones; the first one always, also where there are few.
    private bool IsKept(long number) => Math.Ceiling(number * share) > Math.Ceiling((number - 1) * share);
}
