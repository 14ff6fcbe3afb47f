using System.Diagnostics.Tracing;
using System.Text.RegularExpressions;

namespace Recon.Cli.Telemetry;

/// <summary>
/// Tells that a collector does not take what is sent to it: the exporter itself says it only to who listens. Once, when it
/// cannot be reached; once for each of the things that it answers to that it takes none of them.
/// </summary>
internal sealed partial class OtlpFailures(IReadOnlyList<OtlpSignal> signals, Action<string> tell) : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private readonly HashSet<string> _told = [];

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name != Source || eventData.Payload is not [string about, ..] payload)
        {
            return;
        }

        string why = payload.Select(part => part?.ToString() ?? "").Last(part => part.Length > 0);
        string reason = ExceptionType().Replace(why.Split('\n')[0].Trim(), "").TrimEnd('.');
        if (!about.StartsWith("http", StringComparison.Ordinal) || !Uri.TryCreate(about, UriKind.Absolute, out Uri? address))
        {
            TellOnce(about, $"recon: {about} cannot be used ({reason}); the default is used instead.");
            return;
        }

        string collector = $"{address.Scheme}://{address.Authority}";
        bool isAnswer = reason.Contains("status", StringComparison.OrdinalIgnoreCase);
        OtlpSignal? one = isAnswer ? signals.FirstOrDefault(signal => address.AbsolutePath.Contains(signal.Path, StringComparison.OrdinalIgnoreCase)) : null;
        if (one is not null && one != OtlpSignal.Metrics)
        {
            TellOnce($"{one}", $"recon: {collector} does not take the {one}: {reason}. The run goes on without them; {one.Exporter}=none leaves them out.");
            return;
        }

        TellOnce(
            collector,
            $"recon: {collector} does not take the {(one is null ? string.Join(", ", signals) : one)}: {reason}. The run goes on without them. Is a collector "
            + "listening there, and is OTEL_EXPORTER_OTLP_PROTOCOL (grpc or http/protobuf) the one that it speaks?");
    }

    private void TellOnce(string about, string line)
    {
        lock (_told)
        {
            if (!_told.Add(about))
            {
                return;
            }
        }

        tell(line);
    }

    [GeneratedRegex(@"^[\w.]+Exception: ")]
    private static partial Regex ExceptionType();
}
