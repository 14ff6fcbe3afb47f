using System.Diagnostics;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;

namespace Recon.Discovery.Proposing;

/// <summary>The time that looking through tables which nobody named may take in all, and what was left out for it.</summary>
/// <param name="total">For all tables together.</param>
/// <param name="each">For one statement.</param>
internal sealed class SearchBudget(TimeSpan total, TimeSpan each)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<string> _slow = [];
    private readonly List<string> _refused = [];

    /// <summary>For the next statement; zero when all is spent.</summary>
    public TimeSpan Next => TimeSpan.FromTicks(Math.Clamp((total - Stopwatch.GetElapsedTime(_started)).Ticks, 0, each.Ticks));

    /// <summary>Whole sentences that name the tables which were not looked at; empty for none.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. _slow.Count == 0 ? [] : (string[])[$"Not looked at, because searching them took too long: {Named(_slow)}. Name the table with --table if it is one of them."],
        .. _refused.Count == 0 ? [] : (string[])[$"Not looked at, because the server refused to read them: {Named(_refused)}."],
    ];

    /// <summary>Looks at a table that nobody named: one that is too slow or cannot be read is left out.</summary>
    /// <param name="look">Is not called once all is spent. Null for a table that took too long.</param>
    public async Task<T?> TryAsync<T>(MirrorTable table, Func<TimeSpan, Task<T?>> look)
        where T : class
    {
        string name = table.Table.Display;
        if (_slow.Contains(name) || _refused.Exists(refused => refused.StartsWith($"{name} (", StringComparison.Ordinal)))
        {
            return null;
        }

        T? found = null;
        try
        {
            TimeSpan limit = Next;
            found = limit > TimeSpan.Zero ? await look(limit) : null;
            if (found is null)
            {
                _slow.Add(name);
            }
        }
        catch (MirrorException)
        {
            _slow.Add(name);
        }
        catch (PostgresException refused) when (refused.SqlState != PostgresErrorCodes.QueryCanceled && refused.Severity is not ("FATAL" or "PANIC"))
        {
            _refused.Add($"{name} ({refused.MessageText})");
        }

        return found;
    }

    private static string Named(List<string> tables) => string.Join(", ", tables.Take(8)) + (tables.Count > 8 ? $" and {tables.Count - 8} others" : "");
}
