using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Checks;

/// <summary>What the server says about itself and this connection.</summary>
/// <param name="IsReadOnly">Whether transactions are read-only by default.</param>
/// <param name="Tls">TLS version and cipher; <see langword="null"/> without TLS.</param>
/// <param name="FreeConnections">Connections that this role may still open, without the one in use.</param>
internal sealed record ServerFacts(
    int VersionNumber,
    string Version,
    string Database,
    string Role,
    string Encoding,
    bool IsStandby,
    bool IsReadOnly,
    string? Tls,
    int FreeConnections)
{
    // pg_stat_database counts the connections of every role; pg_stat_activity hides those of others.
    private static readonly SqlText s_sql = SqlText.Of($"""
        select current_setting('server_version_num')::int4, current_setting('server_version'),
            current_database()::text, current_user::text, pg_encoding_to_char(d.encoding)::text,
            pg_is_in_recovery(), current_setting('transaction_read_only')::bool,
            (select s.version || ', ' || s.cipher from pg_stat_ssl s where s.pid = pg_backend_pid() and s.ssl),
            least(
                current_setting('max_connections')::int8
                    - case when r.rolsuper then 0 else current_setting('superuser_reserved_connections')::int8
                        + coalesce(current_setting('reserved_connections', true), '0')::int8 end
                    - (select coalesce(sum(numbackends), 1) from pg_stat_database),
                case when d.datconnlimit >= 0 and not r.rolsuper
                    then d.datconnlimit - (select numbackends from pg_stat_database where datid = d.oid) end,
                case when r.rolconnlimit >= 0 and not r.rolsuper
                    then r.rolconnlimit - (select count(*) from pg_stat_activity where usesysid = r.oid) end)::int4
        from pg_database d, pg_roles r
        where d.datname = current_database() and r.rolname = current_user
        """);

    public static async Task<ServerFacts> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => (await s_sql.ListAsync(
            connection,
            row => new ServerFacts(
                row.GetInt32(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.GetBoolean(5),
                row.GetBoolean(6),
                row.GetValue(7) as string,
                row.GetInt32(8)),
            cancellationToken)).Single();

    public SqlName RoleName => new(Role);

    public SqlName DatabaseName => new(Database);
}
