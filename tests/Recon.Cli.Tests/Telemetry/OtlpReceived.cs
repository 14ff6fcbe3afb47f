namespace Recon.Cli.Tests.Telemetry;

/// <summary>A number of a metric, as it was told last.</summary>
/// <param name="Kind">As docs/metrics.md calls it.</param>
internal sealed record ReceivedPoint(
    string Scope, string Name, string Kind, string Unit, SortedDictionary<string, string> Attributes, double Value, IReadOnlyDictionary<string, string> Resource)
{
    public string Series => $"{Name} {string.Join(' ', Attributes)}";

    public static IEnumerable<ReceivedPoint> Of(ProtoMessage request)
        => from resource in request.Messages(1)
           from scope in resource.Messages(2)
           from metric in scope.Messages(2)
           let sum = metric.Message(7)
           let histogram = metric.Message(9)
           let kind = sum is null ? (histogram is null ? "gauge" : "histogram") : sum.Number(3) != 0 ? "counter" : "up-down counter"
           from point in (metric.Message(5) ?? sum ?? histogram!).Messages(1)
           select new ReceivedPoint(
               scope.Message(1)!.Text(1), metric.Text(1), kind, metric.Text(3), point.Attributes(histogram is null ? 7 : 9),
               histogram is not null ? point.Number(4) : point.Has(6) ? (long)point.Number(6) : point.Double(4),
               resource.Message(1)!.Attributes(1));
}

/// <summary>A span.</summary>
internal sealed record ReceivedSpan(
    string Scope, string TraceId, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<IReadOnlyDictionary<string, string>> Events, bool IsError, string StatusText, IReadOnlyDictionary<string, string> Resource)
{
    public static IEnumerable<ReceivedSpan> Of(ProtoMessage request)
        => from resource in request.Messages(1)
           from scope in resource.Messages(2)
           from span in scope.Messages(2)
           let status = span.Message(15)
           select new ReceivedSpan(
               scope.Message(1)!.Text(1), span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Attributes(9),
               [.. span.Messages(11).Select(each => each.Attributes(3))], status?.Number(3) == 2, status?.Text(2) ?? "",
               resource.Message(1)!.Attributes(1));
}

/// <summary>A log record.</summary>
internal sealed record ReceivedLog(
    string Scope, string Event, string Severity, string Text, IReadOnlyDictionary<string, string> Attributes, string TraceId, string SpanId,
    IReadOnlyDictionary<string, string> Resource)
{
    public static IEnumerable<ReceivedLog> Of(ProtoMessage request)
        => from resource in request.Messages(1)
           from scope in resource.Messages(2)
           from log in scope.Messages(2)
           select new ReceivedLog(
               scope.Message(1)!.Text(1), log.Text(12), log.Text(3), ProtoMessage.Value(log.Message(5)!), log.Attributes(6), log.Hex(9), log.Hex(10),
               resource.Message(1)!.Attributes(1));
}
