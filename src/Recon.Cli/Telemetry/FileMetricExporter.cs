using System.Text.Json;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Recon.Cli.Telemetry;

/// <summary>Appends metrics to a file, for machines without a collector: one JSON document a line, each with all numbers so far.</summary>
internal sealed class FileMetricExporter(MetricsFile file, TimeProvider clock, Action<string> tell) : BaseExporter<Metric>
{
    private bool _isBroken;

    public override ExportResult Export(in Batch<Metric> batch)
    {
        List<MetricLine> lines = [];
        foreach (Metric metric in batch)
        {
            lines.AddRange(MetricLine.Of(metric));
        }

        try
        {
            file.Append(Write(clock.GetUtcNow(), lines));
            return ExportResult.Success;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_isBroken)
            {
                tell($"The file of --metrics-file is not written any more: {failure.Message}");
            }

            _isBroken = true;
            return ExportResult.Failure;
        }
    }

    internal static ReadOnlyMemory<byte> Write(DateTimeOffset now, IReadOnlyList<MetricLine> lines)
    {
        using var document = new MemoryStream();
        using (var json = new Utf8JsonWriter(document))
        {
            json.WriteStartObject();
            json.WriteString(MetricsFile.FirstField, now.UtcDateTime);
            json.WriteStartArray("metrics");
            foreach (MetricLine line in lines)
            {
                json.WriteStartObject();
                json.WriteString("name", line.Name);
                json.WriteString("kind", line.Kind);
                json.WriteString("unit", line.Unit);
                json.WriteStartObject("attributes");
                if (line.Pipeline is not null)
                {
                    json.WriteString("pipeline", line.Pipeline);
                }

                foreach ((string name, string value) in line.Tags)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
                if (line.Count is { } count)
                {
                    json.WriteNumber("count", count);
                    json.WriteNumber("sum", line.Value);
                }
                else
                {
                    json.WriteNumber("value", line.Value);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        document.WriteByte((byte)'\n');
        return document.ToArray();
    }
}
