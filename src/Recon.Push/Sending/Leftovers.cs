using System.Globalization;
using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>Items that are left as they were, to be dealt with another time, and why. Thread-safe.</summary>
internal sealed class Leftovers
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _items = [];
    private string _why = "";

    /// <param name="why">Holds no value of a record.</param>
    public void Add(IEnumerable<PushItem> items, string why)
    {
        lock (_gate)
        {
            _why = _items.Count == 0 ? why : _why;
            _items.UnionWith(items.Select(item => item.No));
        }
    }

    /// <summary>Takes items out that were dealt with after all.</summary>
    public void Remove(IEnumerable<ItemVerdict> verdicts)
    {
        lock (_gate)
        {
            if (_items.Count > 0)
            {
                _items.ExceptWith(verdicts.Select(verdict => verdict.No));
            }
        }
    }

    /// <returns>How many are left and why; <see langword="null"/> for none.</returns>
    public string? Tell()
    {
        lock (_gate)
        {
            return _items.Count == 0 ? null : string.Create(
                CultureInfo.InvariantCulture, $"{_items.Count:N0} {(_items.Count == 1 ? "record is" : "records are")} left as before: {_why}");
        }
    }
}
