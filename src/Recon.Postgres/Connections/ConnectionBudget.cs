using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Connections;

/// <summary>Compares the connections that a run will use with those that the server has left.</summary>
internal static class ConnectionBudget
{
    // Heartbeat, start or publication, and the one that ends stalled sessions.
    private const int Control = 3;

    // Superusers may use the reserved connections. What idles in recon's own pools will be used again; the connection
    // that asks is one of those that the run needs.
    private static readonly SqlText s_left = SqlText.Of($"""
        with others as materialized (
            select * from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
                and (application_name, usename, state, client_addr) is distinct from
                    ('recon', session_user, 'idle', inet_client_addr()))
        select least(
            current_setting('max_connections')::int
                - case when r.rolsuper then 0 else current_setting('superuser_reserved_connections')::int
                    + coalesce(current_setting('reserved_connections', true)::int, 0) end
                - (select count(*) from others),
            case when r.rolconnlimit >= 0 and not r.rolsuper
                then r.rolconnlimit - (select count(*) from others where usename = r.rolname) end,
            case when d.datconnlimit >= 0 and not r.rolsuper
                then d.datconnlimit - (select count(*) from others where datname = d.datname) end)::bigint
        from pg_roles r, pg_database d where r.rolname = session_user and d.datname = current_database()
        """);

    /// <summary>Refuses a run for which the server has too few connections left.</summary>
    /// <exception cref="ConnectionSettingsException">There are too few; the message has the numbers.</exception>
    public static async Task RequireAsync(
        NpgsqlConnection connection, ReconDataSources sources, ValidPipeline pipeline, CancellationToken cancellationToken)
    {
        // Those of a replica are not the server's.
        int lookups = sources.Replica is null ? Math.Min(pipeline.Lookups.Sum(lookup => lookup.Parallelism), sources.Options.LookupConnections) : 0;

        // Two indexes are built at the same time.
        int writers = Math.Max(Math.Min(pipeline.Stage.Writers, sources.Options.WriterConnections), 2);
        int needed = lookups + writers + Control;
        object? left = await s_left.ScalarAsync(connection, cancellationToken);
        if (left is long free && free < needed)
        {
            throw new ConnectionSettingsException(
                $"The pipeline '{pipeline.Name}' needs {needed} connections to {sources.Server} ({lookups} for lookups, {writers} for "
                + $"writers, {Control} for control), but the server has {free} left for this user. Lower \"parallelism\" of the "
                + "lookups or \"writers\" in the definition, end other sessions, or raise max_connections.");
        }
    }
}
