using System.Diagnostics.Metrics;

namespace Recon.Dataflow.Telemetry;

/// <summary>The instruments of pushes and of calls to HubSpot. Thread-safe.</summary>
internal sealed class PushMetrics
{
    private readonly Counter<long> _calls;
    private readonly Gauge<long> _remaining;
    private readonly Counter<long> _records;

    public PushMetrics(Meter meter)
    {
        _calls = meter.CreateCounter<long>("recon.push.calls", "{calls}", "Calls to HubSpot, by status.");
        _remaining = meter.CreateGauge<long>("recon.push.quota.remaining", "{calls}", "Calls that the account's day still has, as HubSpot told last.");
        _records = meter.CreateCounter<long>("recon.push.records", "{records}", "Records of plans that came into a state, by state.");
    }

    /// <summary>A call was made.</summary>
    /// <param name="status">The status code; <c>lost</c> without an answer, <c>unsent</c> without a connection.</param>
    public void Called(string status) => _calls.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>Records of a plan came into a state.</summary>
    public void Settled(string state, long records) => _records.Add(records, new KeyValuePair<string, object?>("state", state));

    /// <summary>HubSpot told how many calls the day still has; nothing happens when it did not.</summary>
    public void Remaining(long? calls)
    {
        if (calls is { } told)
        {
            _remaining.Record(told);
        }
    }
}
