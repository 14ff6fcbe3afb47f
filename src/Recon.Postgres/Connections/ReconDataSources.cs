using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Connections;

internal sealed record DataSourceOptions
{
    /// <value>1 to 500. Default: 8.</value>
    public int LookupConnections { get; init; } = 8;

    /// <value>1 to 500. Default: 4.</value>
    public int WriterConnections { get; init; } = 4;

    /// <summary>After which a lookup's query is given up. Default: 60 seconds.</summary>
    public TimeSpan LookupTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After which the server ends a statement that a person waits for. Default: 30 seconds.</summary>
    public TimeSpan ReviewTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After which connecting is given up. Default: 15 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Whether repeated statements are prepared. Turn it off behind a pooler in transaction mode (PgBouncer). A connection
    /// string that says <c>Max Auto Prepare</c> decides itself. Default: <see langword="true"/>.
    /// </summary>
    public bool AutoPrepare { get; init; } = true;

    /// <summary>
    /// Whether <see cref="ReconDataSources.Control"/> asks the server for its types when it first connects, so that queries
    /// of a program's own can read enumerations, composites and the types of extensions. recon itself needs none of them.
    /// Default: <see langword="true"/>.
    /// </summary>
    public bool LoadTypes { get; init; } = true;

    /// <summary>As many connections as the runs of a definition need, one after the other.</summary>
    public static DataSourceOptions For(ValidDefinition definition) => new()
    {
        // One beside the parallel queries: a cached lookup reads its table while others ask.
        LookupConnections = 1 + definition.Pipelines.Max(pipeline => pipeline.Lookups.Sum(lookup => lookup.Parallelism)),
        WriterConnections = 2 + definition.Pipelines.Max(pipeline => pipeline.Stage.Writers),
    };
}

/// <summary>
/// One pool of connections for each kind of work, so that a long COPY neither waits for lookups nor shares their time
/// limit. Pools connect on first use. Thread-safe.
/// </summary>
/// <remarks>
/// <see cref="Lookup"/>, <see cref="Writer"/> and <see cref="Review"/> know PostgreSQL's own types and their arrays only. What recon asks and
/// writes is made of these, whatever the columns are: rows come as <c>bytea</c> and go as COPY in binary form.
/// </remarks>
internal sealed class ReconDataSources : IAsyncDisposable
{
    /// <summary>Most connections that <see cref="Control"/> uses at a time.</summary>
    public const int ControlConnections = 4;

    private const int ReviewConnections = 6;
    private const int MaxAutoPrepare = 32;

    /// <summary>What a command waits for beyond the time that the server gives it.</summary>
    private const int Grace = 5;

    /// <summary>Makes the pools; nothing connects yet.</summary>
    /// <param name="replica">A replica of the server, which lookups ask in its place; <see langword="null"/> for none.</param>
    public ReconDataSources(ConnectionSettings connection, DataSourceOptions options, ConnectionSettings? replica = null)
        : this(connection.CreateBuilder(), connection.Describe(), options, replica)
    {
    }

    private ReconDataSources(
        NpgsqlConnectionStringBuilder server, string description, DataSourceOptions options, ConnectionSettings? replica = null)
    {
        ThrowIfOutside(options.LookupConnections, nameof(options.LookupConnections));
        ThrowIfOutside(options.WriterConnections, nameof(options.WriterConnections));
        Server = description;
        Options = options;
        Sessions = new OpenSessions(options.ConnectTimeout);
        KeepTcpAlive(server);
        NpgsqlConnectionStringBuilder reading = replica?.CreateBuilder() ?? server;
        KeepTcpAlive(reading);
        Replica = replica?.Describe();

        // Sessions of another server are not among those that the server is asked about.
        Lookup = Build(
            "recon-lookup", reading, options, options.LookupConnections, (int)options.LookupTimeout.TotalSeconds, isTracked: replica is null);

        // A COPY or an index may take as long as it takes: what ends them is cancellation or a dead connection.
        Writer = Build("recon-writer", server, options, options.WriterConnections, commandTimeout: 0);
        Control = Build("recon-control", server, options, ControlConnections, commandTimeout: 0, options.LoadTypes);
        Review = Build(
            "recon-review", server, options, ReviewConnections, (int)Math.Ceiling(options.ReviewTimeout.TotalSeconds) + Grace, statementTimeout: options.ReviewTimeout);
    }

    /// <summary>The server for messages: <c>host:port/database as user</c>.</summary>
    public string Server { get; }

    /// <summary>The replica that <see cref="Lookup"/> asks, for messages; <see langword="null"/> where it asks the server itself.</summary>
    public string? Replica { get; }

    public DataSourceOptions Options { get; }

    /// <summary>Reads the mirror, with a time limit on each command; from a replica if there is one.</summary>
    public NpgsqlDataSource Lookup { get; }

    /// <summary>Writes batches, without a time limit on commands.</summary>
    public NpgsqlDataSource Writer { get; }

    /// <summary>Schema, run log, leases, publication; without a time limit on commands.</summary>
    public NpgsqlDataSource Control { get; }

    /// <summary>Answers somebody who waits, with a time limit on each command: what takes long must not keep those waiting who decide.</summary>
    public NpgsqlDataSource Review { get; }

    /// <summary>The sessions of all pools.</summary>
    public OpenSessions Sessions { get; }

    /// <summary>Makes the pools for Npgsql keywords, such as those of the embedded server.</summary>
    public static ReconDataSources ForConnectionString(string connectionString, DataSourceOptions options)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        return new ReconDataSources(server, $"{server.Host}:{server.Port}/{server.Database} as {server.Username}", options);
    }

    /// <summary>Leaves all connections: idle ones now, the others when they are given back. What follows opens new ones.</summary>
    public void Reconnect()
    {
        Lookup.Clear();
        Writer.Clear();
        Control.Clear();
        Review.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Lookup.DisposeAsync();
        await Writer.DisposeAsync();
        await Control.DisposeAsync();
        await Review.DisposeAsync();
    }

    // Without it, who waits for a server whose machine died learns nothing for hours. The first question is answered with a
    // reset when the machine is back; so many in vain as the system has it (Npgsql has no setting; usually 9, which makes 55
    // seconds) end a connection on which nothing is under way.
    private static void KeepTcpAlive(NpgsqlConnectionStringBuilder server)
    {
        if (!((string[])["TCP Keepalive", "TCP Keepalive Time", "TCP Keepalive Interval"]).Any(server.ShouldSerialize))
        {
            (server.TcpKeepAlive, server.TcpKeepAliveTime, server.TcpKeepAliveInterval) = (true, 10, 5);
        }
    }

    private NpgsqlDataSource Build(
        string name,
        NpgsqlConnectionStringBuilder server,
        DataSourceOptions options,
        int size,
        int commandTimeout,
        bool loadTypes = false,
        TimeSpan? statementTimeout = null,
        bool isTracked = true)
    {
        int prepared = server.ShouldSerialize("Max Auto Prepare") ? server.MaxAutoPrepare : MaxAutoPrepare;
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            ApplicationName = "recon",
            Timezone = "UTC",
            MinPoolSize = 0,
            MaxPoolSize = size,
            Timeout = (int)options.ConnectTimeout.TotalSeconds,
            CommandTimeout = commandTimeout,
            KeepAlive = server.ShouldSerialize("Keepalive") ? server.KeepAlive : 30,
            MaxAutoPrepare = options.AutoPrepare ? prepared : 0,
            AutoPrepareMinUsages = 2,

            // Nothing that recon does outlives a transaction; a program that sends queries of its own may forget to tidy up.
            NoResetOnClose = !loadTypes,
            IncludeErrorDetail = false,
        };

        // The name is what the metrics call the pool; without one that would be the connection string.
        return loadTypes
            ? new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = name }
                .UsePhysicalConnectionInitializer(Sessions.Add, Sessions.AddAsync).Build()
            : BuildPlain(name, settings.ConnectionString, settings.MaxAutoPrepare > 0 ? statementTimeout : null, isTracked);
    }

    // Each pool would ask the server for its types, and map them to .NET, before its first query. What a user may need to
    // log in is kept: TLS with its certificates, and Kerberos.
    private NpgsqlDataSource BuildPlain(string name, string connectionString, TimeSpan? statementTimeout, bool isTracked)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(connectionString) { Name = name };
        return builder
            .EnableTransportSecurity()
            .EnableIntegratedSecurity()
            .EnableArrays()
            .ConfigureTypeLoading(types => types.EnableTypeLoading(false))
            .UsePhysicalConnectionInitializer(
                connection =>
                {
                    if (isTracked)
                    {
                        Sessions.Add(connection);
                    }

                    Limit(connection, statementTimeout)?.ExecuteNonQuery();
                },
                async connection =>
                {
                    await (isTracked ? Sessions.AddAsync(connection) : Task.CompletedTask);
                    await (Limit(connection, statementTimeout)?.ExecuteNonQueryAsync() ?? Task.CompletedTask);
                })
            .Build();
    }

    // The server ends what takes too long also where nobody can tell it to any more. Behind a pooler in transaction mode the session is
    // others', too: there the command's own limit has to do.
    private static NpgsqlCommand? Limit(NpgsqlConnection connection, TimeSpan? statementTimeout)
        => statementTimeout is { } time ? SqlText.Of($"set statement_timeout = {(int)time.TotalMilliseconds}").On(connection) : null;

    private static void ThrowIfOutside(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 500, name);
    }
}
