using System.Text;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Checks;
using Recon.Testing;

namespace Recon.Postgres.Tests.Checks;

public sealed class ServerCheckTests(PostgresServer server)
{
    private static readonly ServerFacts s_good = new(180_000, "18.0", "crm", "ops", "UTF8", false, false, "TLSv1.3, AES", 100);

    [Fact]
    public async Task Server_Good_IsDescribed()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server);
        CheckReport report = await bench.CheckAsync();
        report.IsClean();
        string message = report.One(FindingSeverity.Ok, "connection").Message;
        Assert.Contains($"database {bench.Database.Name}, encoding UTF8", message, StringComparison.Ordinal);
        report.One(FindingSeverity.Ok, "tls");
        Assert.Equal(0, report.ExitCode);
    }

    [Fact]
    public async Task Server_NothingListens_IsExit4AndFilesAreStillChecked()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server, mirror: false);
        CheckReport report = await bench.CheckAsync(connectionString: "Host=127.0.0.1;Port=1;Username=x;Password=hush;Database=y;Timeout=2");
        Finding finding = report.Only(FindingSeverity.Error, "connection");
        Assert.Equal(4, report.ExitCode);
        Assert.Equal("$.postgres", finding.At.JsonPath);
        Assert.DoesNotContain("hush", report.Text(), StringComparison.Ordinal);
        report.One(FindingSeverity.Ok, "records");
    }

    [Fact]
    public async Task Server_UnreachableAndInputWrong_IsExit2()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server, mirror: false);
        CheckReport report = await bench.CheckAsync(
            CheckBench.With(("in.csv", "im.csv")), connectionString: "Host=127.0.0.1;Port=1;Username=x;Database=y;Timeout=2");
        Assert.Equal(2, report.ExitCode);
    }

    [Fact]
    public async Task Database_Missing_IsExit2()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server, mirror: false);
        var builder = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString) { Database = "no_such_database" };
        CheckReport report = await bench.CheckAsync(connectionString: builder.ConnectionString);
        Assert.Contains("3D000", report.Only(FindingSeverity.Error, "connection").Message, StringComparison.Ordinal);
        Assert.Equal(2, report.ExitCode);
    }

    [Fact]
    public async Task Transactions_ReadOnly_IsAnErrorWithSql()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server);
        await bench.Database.ExecuteAsync($"alter database {bench.Database.Name} set default_transaction_read_only = on");
        Finding finding = (await bench.CheckAsync()).Only(FindingSeverity.Error, "server role");
        Assert.Contains("default_transaction_read_only = off", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_RoleLimitTooLow_IsAWarning()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server);
        await bench.CreateRoleAsync();
        await bench.Database.ExecuteAsync($"""
            alter role {bench.Role} connection limit 4;
            grant create on database {bench.Database.Name} to {bench.Role};
            grant usage on schema hubspot to {bench.Role}; grant select on hubspot.companies to {bench.Role};
            """);
        Finding finding = (await bench.CheckAsync(asRole: true)).Only(FindingSeverity.Warning, "connections");
        Assert.Contains("wants 5 connections (lookups 2, writers 1, control 2)", finding.Message, StringComparison.Ordinal);
        Assert.Contains("can open 4 now", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Standby_IsAnError() => Assert.Contains("standby", Judge(s_good with { IsStandby = true, IsReadOnly = true })
        .Only(FindingSeverity.Error, "server role").Message, StringComparison.Ordinal);

    [Fact]
    public void Version12_IsAnError() => Judge(s_good with { VersionNumber = 120_017, Version = "12.17" })
        .Only(FindingSeverity.Error, "server version");

    [Fact]
    public void Encoding_NotUtf8_IsAWarningWithSql() => Assert.Contains("\"crm_utf8\"", Judge(s_good with { Encoding = "LATIN1" })
        .Only(FindingSeverity.Warning, "server encoding").Fix, StringComparison.Ordinal);

    [Fact]
    public void Tls_NoneToAnotherMachine_IsAWarning() => Judge(s_good with { Tls = null }).Only(FindingSeverity.Warning, "tls");

    [Fact]
    public void Tls_NoneOnThisMachine_IsOk() => Judge(s_good with { Tls = null }, "127.0.0.1").IsClean();

    [Fact]
    public void Connections_NoneFree_IsAWarning() => Judge(s_good with { FreeConnections = 0 }).Only(FindingSeverity.Warning, "connections");

    private static CheckReport Judge(ServerFacts facts, string host = "db.example.com")
    {
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(CheckBench.Good), "pipeline.json");
        var log = new FindingLog(reading.Locations);
        new ServerCheck(reading.Definition!, log).Check(facts, "db", host, reading.Definition!.Pipelines);
        return new CheckReport(log.Findings);
    }
}
