using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Embedded;
using Recon.Postgres.Faults;

namespace Recon.Cli.Hosting;

/// <summary>The PostgreSQL server of a command, reachable: the one that was named, or the embedded one with its demo mirror.</summary>
internal sealed class ServerConnection : IAsyncDisposable
{
    private readonly ConnectionSettings _settings;

    private ServerConnection(ConnectionSettings settings, ReconDataSources sources, EmbeddedPostgres? embedded)
    {
        (_settings, Sources, Embedded) = (settings, sources, embedded);
    }

    public ReconDataSources Sources { get; }

    /// <summary>The embedded server; <see langword="null"/> when another one was named.</summary>
    public EmbeddedPostgres? Embedded { get; }

    /// <summary>How to connect, as Npgsql keywords, password included.</summary>
    public string ConnectionString => Embedded?.ConnectionString ?? _settings.CreateBuilder().ConnectionString;

    /// <summary>The command that opens psql, without a password; <see langword="null"/> for the embedded server, which ends with this process.</summary>
    public string? PsqlCommand
    {
        get
        {
            if (Embedded is not null)
            {
                return null;
            }

            NpgsqlConnectionStringBuilder builder = _settings.CreateBuilder();
            return PsqlAccess.Command(builder.Host!, builder.Port, builder.Username!, builder.Database!);
        }
    }

    /// <summary>Whether a server is named by an option or by the environment, so that no definition is asked: the embedded one lies beside it.</summary>
    public static bool IsNamed(Invocation invocation)
        => ((string?[])[invocation.Postgres, invocation.Context.Environment("RECON_POSTGRES"), invocation.Context.Environment("PGHOST")])
            .FirstOrDefault(name => !string.IsNullOrWhiteSpace(name)) is { } named && !ConnectionSettings.IsEmbeddedWord(named);

    /// <summary>Decides on the server, starts it if it is the embedded one, and connects once.</summary>
    /// <param name="sizes">How many connections; what the definition's runs need when <see langword="null"/>.</param>
    /// <param name="replica">The replica that lookups ask; <see langword="null"/> for none.</param>
    /// <exception cref="ConnectionSettingsException">The connection as described cannot be used.</exception>
    /// <exception cref="EmbeddedPostgresException">The embedded server does not start.</exception>
    /// <exception cref="ServerUnreachableException">The server does not answer, or refuses.</exception>
    public static Task<ServerConnection> OpenAsync(
        Invocation invocation,
        DefinitionReading reading,
        CancellationToken cancellationToken,
        DataSourceOptions? sizes = null,
        ConnectionSettings? replica = null)
        => OpenAsync(
            invocation,
            reading.Definition!.Postgres,
            reading.BaseDirectory,
            sizes ?? DataSourceOptions.For(reading.Definition),
            cancellationToken,
            replica);

    /// <inheritdoc cref="OpenAsync(Invocation, DefinitionReading, CancellationToken, DataSourceOptions, ConnectionSettings)"/>
    /// <param name="postgres">What the definition says about the server.</param>
    /// <param name="folder">The folder of the embedded server.</param>
    public static async Task<ServerConnection> OpenAsync(
        Invocation invocation,
        string postgres,
        string folder,
        DataSourceOptions sizes,
        CancellationToken cancellationToken,
        ConnectionSettings? replica = null)
    {
        var settings = ConnectionSettings.Resolve(
            invocation.Postgres, postgres, invocation.InsecureTls, invocation.Context.Environment);
        invocation.Server = settings.Describe();
        DataSourceOptions options = sizes with { LoadTypes = false };
        if (!settings.IsEmbedded)
        {
#pragma warning disable CA2000 // The server owns the connections; it disposes them when it cannot connect.
            var server = new ServerConnection(settings, new ReconDataSources(settings, options, replica), null);
#pragma warning restore CA2000
            return await server.ConnectAsync(invocation.Context.Clock, cancellationToken);
        }

        if (replica is not null)
        {
            throw new ConnectionSettingsException(
                $"{replica.Origin} names a replica, {replica.Describe()}, but the server is the embedded one, which has none. Name its server with --postgres, too.");
        }

        var embedded = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions
            {
                DataDirectory = Path.Combine(folder, ".recon", "postgres"),
                Logger = invocation.Logger,
                Clock = invocation.Context.Clock,
            },
            cancellationToken);
        var running = new ServerConnection(
            settings, ReconDataSources.ForConnectionString(embedded.ConnectionString, options), embedded);
        try
        {
            await DemoMirror.EnsureAsync(running.Sources.Control, invocation.Note, cancellationToken);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Sources.DisposeAsync();
        if (Embedded is not null)
        {
            await Embedded.DisposeAsync();
        }
    }

    // Connecting once up front tells a server that cannot be reached from one that fails later.
    private async Task<ServerConnection> ConnectAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            var patience = new RetrySettings { Budget = TimeSpan.FromSeconds(10), MaxRetries = 3 };
            await RetryPolicies.Reads(patience, Sources.Server, clock).ExecuteAsync(
                async token =>
                {
                    await using NpgsqlConnection connection = await Sources.Control.OpenConnectionAsync(token);
                },
                cancellationToken);
            return this;
        }
        catch (Exception exception)
        {
            await DisposeAsync();
            throw exception is OperationCanceledException
                ? exception
                : new ServerUnreachableException(PostgresFaults.Classify(exception, Sources.Server, FaultPhase.Connect), exception);
        }
    }
}

/// <summary>The server does not answer, or refuses to.</summary>
internal sealed class ServerUnreachableException(Fault fault, Exception cause) : Exception(fault.Message, cause)
{
    public Fault Fault { get; } = fault;
}
