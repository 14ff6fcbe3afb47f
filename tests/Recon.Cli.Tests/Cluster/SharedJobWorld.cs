using Npgsql;
using Recon.Cli.Commands.Cluster;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Cli.Tests.Cluster;

/// <summary>A job in a database, begun by silo "first".</summary>
internal sealed class SharedJobWorld(TestDatabase database, ReconDataSources sources) : IAsyncDisposable
{
    private static readonly StagingTables s_tables = new("staging");

    public SharedJob Job { get; } = new(Guid.NewGuid(), ["companies"], new JobSettings(), "definition", "1", "somebody", "first");

    public string ConnectionString => database.ConnectionString;

    public Task<string?> Coordinator => database.QueryValueAsync<string>($"select coordinator from staging.reconciliation_job where job_id = '{Job.Id}'");

    public Task<string?> Outcome => database.QueryValueAsync<string>($"select outcome from staging.reconciliation_job where job_id = '{Job.Id}'");

    public static async Task<SharedJobWorld> CreateAsync(PostgresServer server)
    {
        TestDatabase database = await server.CreateDatabaseAsync();
        var world = new SharedJobWorld(database, ReconDataSources.ForConnectionString(database.ConnectionString, new DataSourceOptions()));
        await using NpgsqlConnection connection = await world.OpenAsync();
        await new StagingSchema(s_tables).CreateAsync(connection, [], CancellationToken.None);
        return world;
    }

    public ValueTask<NpgsqlConnection> OpenAsync() => sources.Control.OpenConnectionAsync();

    /// <summary>The job's row as another process sees it.</summary>
    public JobRow Row() => new(sources, new JobStore(s_tables), Job.Id);

    /// <summary>Lets the coordinator be silent for longer than one that is alive.</summary>
    public Task SilenceAsync() => database.ExecuteAsync("update staging.reconciliation_job set heartbeat_at = heartbeat_at - interval '1 minute'");

    public async Task BeginAsync(JobRow row, JobSettings? settings = null)
    {
        await using NpgsqlConnection connection = await OpenAsync();
        await row.CreateAsync(connection, Job with { Settings = settings ?? Job.Settings }, CancellationToken.None);
    }

    /// <summary>Begins another job.</summary>
    public async Task BeginAsync(SharedJob other)
    {
        await using NpgsqlConnection connection = await OpenAsync();
        await new JobStore(s_tables).CreateAsync(connection, other, CancellationToken.None);
    }

    /// <summary>What looks for the same job.</summary>
    public GoingJob Going(TimeProvider clock, Action<string> say) => new(sources, new JobStore(s_tables), "the server", clock, say);

    public async ValueTask DisposeAsync()
    {
        await sources.DisposeAsync();
        await database.DisposeAsync();
    }
}
