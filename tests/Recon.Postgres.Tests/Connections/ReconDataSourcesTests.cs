using System.Globalization;
using Npgsql;
using Recon.Postgres.Connections;
using Recon.Testing;

namespace Recon.Postgres.Tests.Connections;

public sealed class ReconDataSourcesTests(PostgresServer server)
{
    [Fact]
    public async Task EachSource_Connected_IsNamedReconInUtc()
    {
        await using ReconDataSources sources = await OpenAsync(new DataSourceOptions());
        foreach (NpgsqlDataSource source in (NpgsqlDataSource[])[sources.Lookup, sources.Writer, sources.Control])
        {
            await using NpgsqlCommand command = source.CreateCommand("select current_setting('application_name') || ' ' || current_setting('timezone')");
            Assert.Equal("recon UTC", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Lookup_ArrayParameter_IsAccepted()
    {
        await using ReconDataSources sources = await OpenAsync(new DataSourceOptions());
        await using NpgsqlCommand command = sources.Lookup.CreateCommand("select count(*) from unnest($1::text[])");
        command.Parameters.Add(new NpgsqlParameter { Value = "a,b".Split(',') });
        Assert.Equal(2L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AutoPrepare_TurnedOff_PreparesNothing()
    {
        await using ReconDataSources sources = await OpenAsync(new DataSourceOptions { AutoPrepare = false });
        Assert.Equal(0L, await PreparedAfterFiveUsesAsync(sources.Lookup));
    }

    [Fact]
    public async Task AutoPrepare_TurnedOffInTheConnectionString_PreparesNothing()
    {
        string text = await server.GetConnectionStringAsync() + ";Max Auto Prepare=0";
        await using var sources = new ReconDataSources(
            ConnectionSettings.Parse(text, "--postgres", insecureTls: false), new DataSourceOptions());
        Assert.Equal(0L, await PreparedAfterFiveUsesAsync(sources.Lookup));
    }

    [Fact]
    public async Task AutoPrepare_ByDefault_Prepares()
    {
        await using ReconDataSources sources = await OpenAsync(new DataSourceOptions());
        Assert.NotEqual(0L, await PreparedAfterFiveUsesAsync(sources.Lookup));
    }

    [Fact]
    public async Task PasswordFile_OfTheUser_IsUsed()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var builder = new NpgsqlConnectionStringBuilder(await server.GetConnectionStringAsync());
        await File.WriteAllTextAsync(
            file, string.Create(CultureInfo.InvariantCulture, $"{builder.Host}:{builder.Port}:*:{builder.Username}:{builder.Password}\n"), TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        string uri = $"postgres://{builder.Username}@{builder.Host}:{builder.Port}/{builder.Database}";
        ConnectionSettings settings = ConnectionSettings.Parse(uri, "--postgres", false, name => name == "PGPASSFILE" ? file : null);
        await using var sources = new ReconDataSources(settings, new DataSourceOptions());
        await using NpgsqlCommand command = sources.Control.CreateCommand("select 1");
        Assert.Equal(1, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        File.Delete(file);
    }

    private static async Task<long> PreparedAfterFiveUsesAsync(NpgsqlDataSource source)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        for (int use = 0; use < 5; use++)
        {
            await using var command = new NpgsqlCommand("select 42", connection);
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        await using var count = new NpgsqlCommand("select count(*) from pg_prepared_statements", connection);
        return (long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task<ReconDataSources> OpenAsync(DataSourceOptions options)
        => ReconDataSources.ForConnectionString(await server.GetConnectionStringAsync(), options);
}
