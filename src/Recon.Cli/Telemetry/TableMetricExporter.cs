using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using Recon.Cli.Rendering;

namespace Recon.Cli.Telemetry;

/// <summary>Writes metrics for people: a table at a time, a line for each number, histograms as number, mean and maximum.</summary>
internal sealed class TableMetricExporter(ConsoleExporterOptions options) : ConsoleExporter<Metric>(options)
{
    public override ExportResult Export(in Batch<Metric> batch)
    {
        List<MetricLine> lines = [];
        foreach (Metric metric in batch)
        {
            lines.AddRange(MetricLine.Of(metric));
        }

        foreach (string line in Draw(lines).TrimEnd('\n').Split('\n'))
        {
            WriteLine(line);
        }

        return ExportResult.Success;
    }

    internal static string Draw(IReadOnlyList<MetricLine> lines) => TextTable.Draw(
        ["metric", "pipeline", "of", ">value", ">mean", ">most"],
        [
            .. lines
                .OrderBy(line => line.Pipeline, StringComparer.Ordinal)
                .ThenBy(line => line.Name, StringComparer.Ordinal)
                .ThenBy(line => string.Join(' ', line.Tags.Select(tag => tag.Value)), StringComparer.Ordinal)
                .Select(Cells),
        ]);

    private static string[] Cells(MetricLine line) =>
    [
        line.Name,
        line.Pipeline ?? "",
        string.Join(' ', line.Tags.Select(tag => tag.Value)),
        line.Count is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count:N0} ×") : Amount(line.Value, line.Unit),
        line.Count is > 0 and { } times ? Amount(line.Value / times, line.Unit) : "",
        line.Most is { } most ? Amount(most, line.Unit) : "",
    ];

    // Annotations such as {records} say what the name says.
    private static string Amount(double value, string unit) => unit switch
    {
        "By" when value >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000_000:N1} MB"),
        "By" => string.Create(CultureInfo.InvariantCulture, $"{value:N0} B"),
        "s" when value is > 0 and < 1 => string.Create(CultureInfo.InvariantCulture, $"{value * 1_000:N1} ms"),
        "s" when value > 1_000_000_000 => DateTimeOffset.FromUnixTimeMilliseconds((long)(value * 1_000)).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        "s" => string.Create(CultureInfo.InvariantCulture, $"{value:N1} s"),
        _ => value.ToString(value == Math.Floor(value) ? "N0" : "N3", CultureInfo.InvariantCulture),
    };
}
