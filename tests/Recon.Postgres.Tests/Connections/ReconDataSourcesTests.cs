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

    [Theory]
    [InlineData("", true, 10, 5, 30)]
    [InlineData(";TCP Keepalive=false", false, 0, 0, 30)]
    [InlineData(";TCP Keepalive Time=60", false, 60, 0, 30)]
    [InlineData(";Keepalive=0", true, 10, 5, 0)]
    public async Task EachSource_Keepalive_IsOnUnlessTheUserSaysOtherwise(string said, bool isOn, int time, int interval, int keepAlive)
    {
        string text = await server.GetConnectionStringAsync() + said;
        await using var sources = new ReconDataSources(
            ConnectionSettings.Parse(text, "--postgres", insecureTls: false), new DataSourceOptions());
        foreach (NpgsqlDataSource source in (NpgsqlDataSource[])[sources.Lookup, sources.Writer, sources.Control])
        {
            var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
            Assert.Equal(
                (isOn, time, interval, keepAlive),
                (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval, settings.KeepAlive));
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
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
    public async Task Control_ByDefault_ReadsTypesOfTheServersOwn()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("create type mood as enum ('glad', 'sad')");
        await using var sources = ReconDataSources.ForConnectionString(database.ConnectionString, new DataSourceOptions());
        await using NpgsqlCommand command = sources.Control.CreateCommand("select 'sad'::mood");

        Assert.Equal("sad", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("'a'::text", "a")]
    [InlineData("'a'::varchar(3)", "a")]
    [InlineData("7::bigint", 7L)]
    [InlineData("7::int", 7)]
    [InlineData("true", true)]
    [InlineData("1.5::float8", 1.5)]
    [InlineData("'{\"a\": 1}'::jsonb", "{\"a\": 1}")]
    public async Task EachSource_WithoutTypesOfTheServer_ReadsPostgresqlsOwn(string sql, object value)
    {
        await using ReconDataSources sources = await OpenAsync(new DataSourceOptions { LoadTypes = false });
        foreach (NpgsqlDataSource source in (NpgsqlDataSource[])[sources.Lookup, sources.Writer, sources.Control])
        {
            await using NpgsqlCommand command = source.CreateCommand($"select {sql}");
            Assert.Equal(value, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task EachSource_WithoutTypesOfTheServer_TakesIdsTimesAndArrays()
    {
        await using ReconDataSources sources = await OpenAsync(new DataSourceOptions { LoadTypes = false });
        var id = Guid.NewGuid();
        foreach (NpgsqlDataSource source in (NpgsqlDataSource[])[sources.Lookup, sources.Writer, sources.Control])
        {
            await using NpgsqlCommand command = source.CreateCommand(
                "select $1 = any($2), '2024-01-01T00:00:00Z'::timestamptz, 1.5::numeric");
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [id] });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
            Assert.True(reader.GetBoolean(0));
            Assert.Equal(new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc), reader.GetDateTime(1));
            Assert.Equal(1.5m, reader.GetDecimal(2));
        }
    }

    [Theory]
    [InlineData("SSL Mode=Require")]
    [InlineData("SSL Mode=VerifyFull;Root Certificate=missing.pem")]
    [InlineData("GSS Encryption Mode=Require")]
    public async Task EachSource_TlsOrKerberosRequired_FailsForWantOfItOnly(string wish)
    {
        string text = $"{await server.GetConnectionStringAsync()};{wish}";
        await using var sources = ReconDataSources.ForConnectionString(text, new DataSourceOptions { LoadTypes = false });
        foreach (NpgsqlDataSource source in (NpgsqlDataSource[])[sources.Lookup, sources.Writer, sources.Control])
        {
            // The server of the tests has neither; a builder without the feature would say so by another exception.
            Exception failure = await Assert.ThrowsAnyAsync<Exception>(
                async () => await source.OpenConnectionAsync(TestContext.Current.CancellationToken));
            Assert.IsNotType<NotSupportedException>(failure);
            Assert.DoesNotContain(nameof(NpgsqlSlimDataSourceBuilder), failure.ToString(), StringComparison.Ordinal);
        }
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
