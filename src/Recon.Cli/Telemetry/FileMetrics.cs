using System.Text.Json;
using Recon.Dataflow.Telemetry;

namespace Recon.Cli.Telemetry;

/// <summary>Appends metrics to a file, for machines without a collector: one JSON document a line, each with all numbers so far.</summary>
internal sealed class FileMetrics : IDisposable
{
    private const int Period = 10_000;

    private readonly MetricTotals _totals = new([ReconMetrics.MeterName, NpgsqlSpans.SourceName]);
    private readonly MetricsFile _file;
    private readonly TimeProvider _clock;
    private readonly Action<string> _tell;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private bool _isBroken;
    private bool _hasEnded;

    /// <param name="file">Disposed with this object.</param>
    public FileMetrics(MetricsFile file, TimeProvider clock, Action<string> tell)
    {
        (_file, _clock, _tell) = (file, clock, tell);
        TimeSpan period = TimeSpan.FromMilliseconds(
            int.TryParse(Environment.GetEnvironmentVariable("OTEL_METRIC_EXPORT_INTERVAL"), out int asked) && asked > 0 ? asked : Period);
        _timer = clock.CreateTimer(_ => WriteUnlessWriting(), null, period, period);
    }

    /// <summary>Adds a line with the numbers as they are now.</summary>
    public void Write()
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            try
            {
                _file.Append(Line(_clock.GetUtcNow(), _totals.Read()));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (!_isBroken)
                {
                    _tell($"The file of --metrics-file is not written any more: {failure.Message}");
                }

                _isBroken = true;
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Write();
        lock (_gate)
        {
            _hasEnded = true;
            _totals.Dispose();
            _file.Dispose();
        }
    }

    // On a slow machine, threads would pile up that wait for one another.
    private void WriteUnlessWriting()
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            Write();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private static ReadOnlyMemory<byte> Line(DateTimeOffset now, IReadOnlyList<MetricLine> lines)
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
