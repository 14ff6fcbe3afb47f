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
    private const string PipelineTag = "pipeline";

    /// <summary>All numbers of a metric, of all pipelines.</summary>
    public static IEnumerable<MetricLine> Of(Metric metric)
    {
        List<MetricLine> lines = [];
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
        {
            string? pipeline = null;
            List<KeyValuePair<string, string>> tags = [];
            foreach ((string name, object? value) in point.Tags)
            {
                string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                if (name == PipelineTag)
                {
                    pipeline = text;
                }
                else
                {
                    tags.Add(new(name, text));
                }
            }

            tags.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
            bool isHistogram = metric.MetricType == MetricType.Histogram;
            double? most = isHistogram && point.TryGetHistogramMinMaxValues(out _, out double max) ? max : null;
            lines.Add(new MetricLine(
                metric.Name, KindOf(metric.MetricType), metric.Unit, pipeline, tags, ValueOf(metric.MetricType, point), isHistogram ? point.GetHistogramCount() : null, most));
        }

        return lines;
    }

    private static string KindOf(MetricType type) => type switch
    {
        MetricType.Histogram => "histogram",
        MetricType.LongGauge or MetricType.DoubleGauge => "gauge",
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "up-down counter",
        _ => "counter",
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
