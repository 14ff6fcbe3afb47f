using Npgsql;

namespace Recon.Testing;

/// <summary>A database of its own for a test.</summary>
/// <param name="server">How to connect to the server's own database.</param>
/// <param name="connectionString">How to connect to this database.</param>
/// <param name="name">Its name.</param>
/// <param name="ownServer">Whether the server goes away with the tests, and so the database with it.</param>
public sealed class TestDatabase(string server, string connectionString, string name, bool ownServer = false) : IAsyncDisposable
{
    /// <summary>How to connect, as Npgsql keywords, password included.</summary>
    public string ConnectionString { get; } = connectionString;

    /// <summary>The database's name.</summary>
    public string Name { get; } = name;

    /// <summary>Takes it back; nobody when <see langword="null"/>.</summary>
    internal DatabaseStock? Stock { get; init; }

    /// <summary>Runs statements.</summary>
    /// <param name="sql">One or several statements.</param>
    /// <returns>A task that ends when they have run.</returns>
    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    /// <summary>Runs a query for one value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="sql">The query.</param>
    /// <returns>The first column of the first row; the default for null or no row.</returns>
    public async Task<T?> QueryValueAsync<T>(string sql)
    {
        await using NpgsqlConnection connection = await OpenAsync(ConnectionString);
        await using NpgsqlCommand command = Command(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>
    /// Empties the database for another test, or drops it, ending whoever is connected to it; unless the server is the tests' own.
    /// </summary>
    /// <remarks>
    /// Dropping a database waits until every backend has noticed, and one whose client is stopped in mid-COPY, as some
    /// tests have it, does not.
    /// </remarks>
    public async ValueTask DisposeAsync()
    {
        await using (var pool = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(pool);
        }

        if (!(Stock is not null && await Stock.TryKeepAsync(this)) && !ownServer)
        {
            await ExecuteAsync(server, $"drop database if exists {Name} with (force)");
        }
    }

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using NpgsqlConnection connection = await OpenAsync(connectionString);
        await using NpgsqlCommand command = Command(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection)
    {
#pragma warning disable CA2100 // Tests write their own SQL; no value from outside is in it.
        return new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
    }
}
