using System.Globalization;
using OpenTelemetry.Metrics;

namespace Recon.Cli.Telemetry;

/// <summary>One number of a metric: what it is, of what, and how much.</summary>
/// <param name="Tags">The attributes but the pipeline's, in order of their names.</param>
/// <param name="Value">The sum or the last value; of a histogram, the sum of what was recorded.</param>
/// <param name="Count">What a histogram recorded; <see langword="null"/> for other metrics.</param>
/// <param name="Most">The most of it, where it was kept.</param>
/// <param name="Kind"><c>counter</c>, <c>up-down counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
internal sealed record MetricLine(
    string Name, string Kind, string Unit, string? Pipeline, IReadOnlyList<KeyValuePair<string, string>> Tags, double Value, long? Count, double? Most)
{
    public const string Counter = "counter";
    public const string UpDownCounter = "up-down counter";
    public const string Gauge = "gauge";
    public const string Histogram = "histogram";

    private const string PipelineTag = "pipeline";

    /// <summary>All numbers of a metric, of all pipelines.</summary>
    public static IEnumerable<MetricLine> Of(Metric metric)
    {
        List<MetricLine> lines = [];
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
        {
            List<KeyValuePair<string, object?>> tags = [];
            foreach (KeyValuePair<string, object?> tag in point.Tags)
            {
                tags.Add(tag);
            }

            bool isHistogram = metric.MetricType == MetricType.Histogram;
            double? most = isHistogram && point.TryGetHistogramMinMaxValues(out _, out double max) ? max : null;
            lines.Add(Of(
                metric.Name, KindOf(metric.MetricType), metric.Unit, tags, ValueOf(metric.MetricType, point), isHistogram ? point.GetHistogramCount() : 0) with
            {
                Most = most,
            });
        }

        return lines;
    }

    /// <param name="tags">All attributes, also the pipeline's.</param>
    /// <param name="count">What a histogram recorded.</param>
    public static MetricLine Of(string name, string kind, string unit, IEnumerable<KeyValuePair<string, object?>> tags, double value, long count)
    {
        string? pipeline = null;
        List<KeyValuePair<string, string>> others = [];
        foreach ((string tag, object? of) in tags)
        {
            string text = Convert.ToString(of, CultureInfo.InvariantCulture) ?? "";
            if (tag == PipelineTag)
            {
                pipeline = text;
            }
            else
            {
                others.Add(new(tag, text));
            }
        }

        others.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        return new MetricLine(name, kind, unit, pipeline, others, value, kind == Histogram ? count : null, null);
    }

    private static string KindOf(MetricType type) => type switch
    {
        MetricType.Histogram => Histogram,
        MetricType.LongGauge or MetricType.DoubleGauge => Gauge,
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => UpDownCounter,
        _ => Counter,
    };

    private static double ValueOf(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.Histogram => point.GetHistogramSum(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        _ => point.GetSumLong(),
    };
}
