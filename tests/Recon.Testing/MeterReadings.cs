using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Recon.Testing;

/// <summary>Adds up what one meter says, by instrument and tags (<c>name tag=value tag=value</c>); a gauge shows what was said last.</summary>
internal sealed class MeterReadings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentDictionary<string, bool> _observed = new();

    public MeterReadings(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public ConcurrentBag<string> TagNames { get; } = [];

    public SortedDictionary<string, double> Sums => new(_sums, StringComparer.Ordinal);

    /// <summary>How often each histogram was recorded.</summary>
    public SortedDictionary<string, int> Counts => new(_counts, StringComparer.Ordinal);

    /// <summary>Asks the instruments that are asked. What one of them does not tell any more is gone.</summary>
    public void Observe()
    {
        foreach (string key in _observed.Keys)
        {
            _sums.TryRemove(key, out _);
        }

        _observed.Clear();
        _listener.RecordObservableInstruments();
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> texts = [];
        foreach ((string name, object? text) in tags)
        {
            TagNames.Add(name);
            texts.Add($"{name}={text}");
        }

        string key = string.Join(' ', texts.Order(StringComparer.Ordinal).Prepend(instrument.Name));
        bool isLast = instrument.IsObservable || instrument is Gauge<long> or Gauge<double>;
        _sums.AddOrUpdate(key, value, (_, sum) => isLast ? value : sum + value);
        if (instrument.IsObservable)
        {
            _observed[key] = true;
        }

        if (instrument is Histogram<double>)
        {
            _counts.AddOrUpdate(key, 1, (_, count) => count + 1);
        }
    }
}
