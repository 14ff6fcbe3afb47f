using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Runs.Live;

/// <summary>A pipeline that somebody holds.</summary>
/// <param name="Schema">The staging schema.</param>
/// <param name="Holder">User, host and process.</param>
/// <param name="HeldFor">Since it was taken, by the server's clock.</param>
/// <param name="Silence">Since the last sign of life, by the server's clock.</param>
/// <param name="Progress"><see langword="null"/> in the first second, and of what is no run, such as a tuning.</param>
internal sealed record RunningRun(
    string Schema, string Pipeline, Guid RunId, string Holder, TimeSpan HeldFor, TimeSpan Silence, RunProgress? Progress)
{
    // A beat may be missed; several are not.
    private static readonly TimeSpan s_stale = TimeSpan.FromSeconds(5);

    /// <summary>Whether it has been silent for so long that it may be dead.</summary>
    public bool IsStale => Silence > s_stale;
}

/// <summary>Which runs are going on in a database, whatever their definitions: every staging schema has a table of leases.</summary>
internal static class RunningRuns
{
    /// <returns>The runs, and of each staging schema whose leases cannot be read why, and what to do.</returns>
    public static async Task<(IReadOnlyList<RunningRun> Runs, IReadOnlyList<string> Unread)> ListAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        List<(string Schema, bool MayRead)> found = await SqlText.Of($"""
            select n.nspname, has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relname = {new SqlLiteral(OwnRelations.Lease)} and c.relkind = 'r' order by 1
            """).ListAsync(connection, row => (row.GetString(0), row.GetBoolean(1)), cancellationToken);
        List<RunningRun> runs = [];
        List<string> unread = [];
        foreach ((string schema, bool mayRead) in found)
        {
            SqlTable leases = new(new SqlName(schema), new SqlName(OwnRelations.Lease));
            try
            {
                if (mayRead)
                {
                    runs.AddRange(await ListAsync(connection, schema, leases, cancellationToken));
                }
                else
                {
                    unread.Add(
                        $"{schema}: its runs are not shown, because this role may not read {leases}. Its owner allows it: "
                        + $"grant usage on schema {new SqlName(schema)} to ROLE; grant select on {leases} to ROLE;");
                }
            }
            catch (PostgresException other) when (other.SqlState.StartsWith("42", StringComparison.Ordinal))
            {
                unread.Add(
                    $"{schema}: its runs are not shown, because {leases} is not as this version of recon makes it ({other.MessageText}). "
                    + "'recon setup' with a definition of that schema brings it up to date.");
            }
        }

        return (runs, unread);
    }

    // A table of an older recon has no progress; what a former holder told is no news of this one.
    private static Task<List<RunningRun>> ListAsync(NpgsqlConnection connection, string schema, SqlTable leases, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select pipeline, run_id, holder, extract(epoch from clock_timestamp() - acquired_at)::float8,
                extract(epoch from clock_timestamp() - heartbeat_at)::float8,
                case when (p ->> 'epoch')::bigint = epoch then p ->> 'run' end
            from (select l.*, to_jsonb(l) -> 'progress' as p from {leases} l) held
            where run_id is not null order by acquired_at
            """).ListAsync(
                connection,
                row => new RunningRun(
                    schema,
                    row.GetString(0),
                    row.GetGuid(1),
                    row.GetString(2),
                    TimeSpan.FromSeconds(row.GetDouble(3)),
                    TimeSpan.FromSeconds(row.GetDouble(4)),
                    RunProgress.Parse(row.IsDBNull(5) ? null : row.GetString(5))),
                cancellationToken);
}
