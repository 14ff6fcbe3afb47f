using System.Globalization;
using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Runs.Live;

/// <summary>What the server tells of a run that waits for it: a lock and who holds it, else how far an index is.</summary>
internal static class ServerWaits
{
    // Of sessions that this role may not see into, names and states are null.
    private static readonly SqlText s_ask = SqlText.Of($"""
        select a.blocker::int8, concat_ws(', ', nullif(b.application_name, ''), b.state), a.phase,
            case when a.tuples_total > 0 then 100 * a.tuples_done / a.tuples_total
                when a.blocks_total > 0 then 100 * a.blocks_done / a.blocks_total end
        from (select s.query_start, p.phase, p.tuples_done, p.tuples_total, p.blocks_done, p.blocks_total,
                case when s.wait_event_type = 'Lock' then (pg_blocking_pids(s.pid))[1] end as blocker
            from pg_stat_activity s left join pg_stat_progress_create_index p on p.pid = s.pid
            where s.pid = any($1::int[]) and s.pid <> pg_backend_pid() and s.state = 'active') a
        left join pg_stat_activity b on b.pid = a.blocker
        order by a.blocker is null, a.phase is null, a.query_start limit 1
        """);

    /// <param name="processes">The run's sessions at the server.</param>
    /// <returns>A part of a sentence; <see langword="null"/> when there is nothing to tell.</returns>
    public static async Task<string?> AskAsync(
        NpgsqlConnection connection, IEnumerable<int> processes, CancellationToken cancellationToken)
        => (await s_ask.ListAsync(
            connection,
            row => Tell(
                row.IsDBNull(0) ? null : row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : row.GetInt64(3)),
            cancellationToken,
            SqlValue.Of([.. processes.Select(process => process.ToString(CultureInfo.InvariantCulture))]))).FirstOrDefault();

    private static string? Tell(long? blocker, string who, string? phase, long? share) => blocker switch
    {
        // The server names no session of a prepared transaction.
        0 => "now for a lock that a prepared transaction holds",
        { } session => string.Create(CultureInfo.InvariantCulture, $"now for a lock that session {session} holds{(who.Length == 0 ? "" : $" ({who})")}"),
        null when phase is not null => share is { } part ? string.Create(CultureInfo.InvariantCulture, $"{phase}, {part} %") : phase,
        null => null,
    };
}
