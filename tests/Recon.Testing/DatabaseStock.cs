using Npgsql;

namespace Recon.Testing;

/// <summary>
/// Databases that tests have done with and that are empty again, for the next tests: to create one takes ten times as long
/// as to empty one. One that is not as new in every respect, or still in use, is not given out again.
/// </summary>
internal sealed class DatabaseStock : IDisposable
{
    private const string EmptySql = """
        set lock_timeout = '1s';
        set client_min_messages = warning;
        do $$
        declare found name;
        begin
            for found in select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema') loop
                execute format('drop schema %I cascade', found);
            end loop;
        end $$
        """;

    // Everything that a test may leave in a database, or attached to it, and that is not in a schema of its own.
    private const string TracesSql = """
        with lasting as (select * from pg_namespace where nspname !~ '^pg_(toast_)?temp_')
        select concat_ws(' ',
            (select string_agg(concat(nspname, nspowner, nspacl), ',' order by nspname) from lasting),
            (select concat(count(*), '/', count(relacl)) from pg_class where relnamespace in (select oid from lasting)),
            (select concat(count(*), '/', count(proacl)) from pg_proc where pronamespace in (select oid from lasting)),
            (select concat(count(*), '/', count(typacl)) from pg_type where typnamespace in (select oid from lasting)),
            (select count(*) from pg_operator), (select count(*) from pg_collation), (select count(*) from pg_cast),
            (select count(*) from pg_extension), (select count(*) from pg_language), (select count(*) from pg_foreign_data_wrapper),
            (select count(*) from pg_event_trigger), (select count(*) from pg_publication), (select count(*) from pg_default_acl),
            (select count(*) from pg_largeobject_metadata), (select count(*) from pg_rewrite), (select count(*) from pg_trigger),
            (select count(*) from pg_prepared_xacts where database = current_database()),
            (select count(*) from pg_replication_slots where database = current_database()),
            (select count(*) from pg_db_role_setting where setdatabase = d.oid),
            d.datdba, d.datacl, d.datallowconn, d.datconnlimit, d.dattablespace)
        from pg_database d where datname = current_database()
        """;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<string> _idle = [];
    private string? _new;

    /// <summary>Looks at a database that was just created, unless another was looked at before.</summary>
    public async Task LookAtNewAsync(string connectionString) => _new ??= await RunAsync(connectionString, TracesSql);

    /// <summary>Gives a database of the stock a name.</summary>
    /// <param name="server">How to connect to the server's own database.</param>
    /// <param name="name">The name, which no database has had: nobody takes the new one for the old one.</param>
    /// <returns>Whether there was one that nobody is connected to.</returns>
    public async Task<bool> TryTakeAsync(string server, string name)
    {
        await _gate.WaitAsync();
        try
        {
            string? idle = _idle.Count == 0 ? null : await RunAsync(server, $"""
                select datname from pg_database d where datname in ('{string.Join("','", _idle)}')
                and not exists (select from pg_stat_activity a where a.datid = d.oid) limit 1
                """);
            if (idle is null)
            {
                return false;
            }

            await RunAsync(server, $"alter database {idle} rename to {name}");
            _idle.Remove(idle);
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Empties a database that a test has done with.</summary>
    /// <returns>Whether it is as new now, and belongs to the stock.</returns>
    public async Task<bool> TryKeepAsync(TestDatabase database)
    {
        try
        {
            await RunAsync(database.ConnectionString, EmptySql);
            if (await RunAsync(database.ConnectionString, TracesSql) != _new)
            {
                return false;
            }
        }
        catch (NpgsqlException)
        {
            // Its server is down or full, it is locked by a client that hangs, or it may not be written.
            return false;
        }

        await _gate.WaitAsync();
        _idle.Add(database.Name);
        _gate.Release();
        return true;
    }

    /// <summary>Drops what is left.</summary>
    public async Task DropAsync(string server)
    {
        foreach (string name in _idle)
        {
            await RunAsync(server, $"drop database if exists {name} with (force)");
        }
    }

    public void Dispose() => _gate.Dispose();

    // Over a connection that ends: one that a pool keeps would be in the way.
    private static async Task<string?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // Tests write their own SQL; no value from outside is in it.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync() as string;
    }
}
