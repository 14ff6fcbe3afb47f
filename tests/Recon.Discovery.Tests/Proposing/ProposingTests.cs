using Npgsql;
using Recon.Dataflow.Values;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;
using Recon.Testing;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>Proposals for a file and a mirror that a test writes down.</summary>
public abstract class ProposingTests(PostgresServer server) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recon-proposer-");
    private protected TestDatabase Database { get; private set; } = null!;

    private NpgsqlDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await server.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(Database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _source.DisposeAsync();
        await Database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private protected async Task<PipelineProposal> ProposeAsync(string header, IEnumerable<string> records, string? table = null, TimeSpan? searchLimit = null)
    {
        string path = Path.Combine(_folder.FullName, "export.csv");
        await File.WriteAllLinesAsync(path, records.Prepend(header), TestContext.Current.CancellationToken);
        FileSample file = await FileProfiler.ReadAsync(path, new ProfileOptions(), TestContext.Current.CancellationToken);
        return await new Proposer(_source, new DefaultsDefinition(), searchLimit).ProposeAsync(file, table, TestContext.Current.CancellationToken);
    }

    private protected async Task<string[]> NamesAsync(string sql)
    {
        List<string> names = [];
#pragma warning disable CA2100 // The test's own SQL.
        await using NpgsqlCommand command = _source.CreateCommand(sql);
#pragma warning restore CA2100
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return [.. names];
    }
}
