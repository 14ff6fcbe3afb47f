using System.Diagnostics.Metrics;

namespace Recon.Cli.Telemetry;

/// <summary>
/// What meters have measured since it was made. OpenTelemetry's own totals take a tenth of a CPU-second to load and to compile,
/// which only those pay who send them to a collector or look at the table.
/// </summary>
internal sealed class MetricTotals : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<Instrument> _instruments = [];
    private readonly Dictionary<(Instrument Instrument, string Tags), Total> _totals = [];

    // Whatever an instrument that is asked does, it may not be done under this lock: it may wait for a thread that makes an instrument.
    private readonly Lock _gate = new();
    private readonly Lock _reading = new();

    /// <param name="meters">The names of the meters.</param>
    public MetricTotals(IReadOnlyList<string> meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name))
            {
                lock (_gate)
                {
                    _instruments.Add(instrument);
                }

                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <returns>All numbers, in the order in which their instruments were made. What an instrument that is asked does not tell any more is left out.</returns>
    public IReadOnlyList<MetricLine> Read()
    {
        lock (_reading)
        {
            lock (_gate)
            {
                foreach ((Instrument Instrument, string Tags) key in _totals.Keys.Where(key => key.Instrument.IsObservable))
                {
                    _ = _totals.Remove(key);
                }
            }

            _listener.RecordObservableInstruments();
            return Lines();
        }
    }

    public void Dispose() => _listener.Dispose();

    private IReadOnlyList<MetricLine> Lines()
    {
        lock (_gate)
        {
            return
            [
                .. _totals.OrderBy(total => _instruments.IndexOf(total.Key.Instrument)).ThenBy(total => total.Key.Tags, StringComparer.Ordinal).Select(total => MetricLine.Of(
                    total.Key.Instrument.Name, total.Value.Kind, total.Key.Instrument.Unit ?? "", total.Value.Tags, total.Value.Sum, total.Value.Count)),
            ];
        }
    }

    private static string KindOf(Instrument instrument)
    {
        Type type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Histogram<>) ? MetricLine.Histogram
            : type == typeof(Gauge<>) || type == typeof(ObservableGauge<>) ? MetricLine.Gauge
            : type == typeof(UpDownCounter<>) || type == typeof(ObservableUpDownCounter<>) ? MetricLine.UpDownCounter
            : MetricLine.Counter;
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string key = "";
        foreach ((string name, object? text) in tags)
        {
            key += $"{name}={text}\n";
        }

        lock (_gate)
        {
            if (!_totals.TryGetValue((instrument, key), out Total? total))
            {
                _totals.Add((instrument, key), total = new Total(KindOf(instrument), tags.ToArray()));
            }

            total.Sum = instrument.IsObservable || total.Kind == MetricLine.Gauge ? value : total.Sum + value;
            total.Count += total.Kind == MetricLine.Histogram ? 1 : 0;
        }
    }

    private sealed class Total(string kind, KeyValuePair<string, object?>[] tags)
    {
        public string Kind { get; } = kind;

        public KeyValuePair<string, object?>[] Tags { get; } = tags;

        public double Sum { get; set; }

        public long Count { get; set; }
    }
}
