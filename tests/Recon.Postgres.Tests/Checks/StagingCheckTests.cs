using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Checks;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Checks;

public sealed class StagingCheckTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly string s_log = $$"""
        insert into staging.reconciliation_log (run_id, pipeline, outcome, definition_fingerprint, input_fingerprint, tool_version, staging_version, attempt_table)
            values ('00000000-0000-0000-0000-000000000001', 'companies', 'failed', 'FINGERPRINT', 'f', '1', {{StagingTables.Version}}, 'reconciliation_lease');
        insert into staging.reconciliation_ledger values ('00000000-0000-0000-0000-000000000001', 'companies', 1, 0, 0, 1, 1, 2, 0, 0, 0, 0, 0, '{}');
        """;

    private CheckBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await CheckBench.CreateAsync(server);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Schema_NotThereButCreatable_IsOkAndStaysAway()
    {
        CheckReport report = await _bench.CheckAsync();
        Assert.Contains("first run", report.One(FindingSeverity.Ok, "schema staging").Message, StringComparison.Ordinal);
        Assert.Equal(0L, await _bench.Database.QueryValueAsync<long>("select count(*) from pg_namespace where nspname = 'staging'"));
    }

    [Fact]
    public async Task Schema_NotThereAndNotCreatable_IsAnErrorWithTheGrant()
    {
        await GrantMirrorAsync();
        Finding finding = (await _bench.CheckAsync(asRole: true)).Only(FindingSeverity.Error, "schema staging");
        await _bench.Database.ExecuteAsync(finding.Fix!.Split("or: ")[1]);
        (await _bench.CheckAsync(asRole: true)).IsClean();
    }

    [Fact]
    public async Task Schema_ThereButNotUsable_IsAnErrorWithTheGrant()
    {
        await GrantMirrorAsync();
        await _bench.Database.ExecuteAsync("create schema staging");
        Finding finding = (await _bench.CheckAsync(asRole: true)).Only(FindingSeverity.Error, "schema staging");
        await _bench.Database.ExecuteAsync(finding.Fix!);
        (await _bench.CheckAsync(asRole: true)).IsClean();
    }

    [Fact]
    public async Task Tables_OfRecon_AreOk()
    {
        await SetUpAsync();
        CheckReport report = await _bench.CheckAsync();
        report.IsClean();
        Assert.Contains("fits the definition", report.One(FindingSeverity.Ok, "table staging.companies_reconciliation").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relations_ThatSetupMakes_AreNoNamesForStageTables()
    {
        await SetUpAsync();
        string[] relations = (await _bench.Database.QueryValueAsync<string[]>("""
            select array_agg(relname::text) from pg_class
            where relnamespace = 'staging'::regnamespace and relname not like 'companies%' and relkind in ('r', 'p', 'i', 'I')
            """))!;

        Assert.Superset(OwnRelations.All.ToHashSet(), relations.ToHashSet());
        Assert.All(relations, relation =>
        {
            string definition = CheckBench.With(("companies_reconciliation", relation));
            Assert.Contains(
                DefinitionReader.Parse(System.Text.Encoding.UTF8.GetBytes(definition), "pipeline.json").Problems,
                problem => problem.Message.Contains("of recon itself", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Tables_OfAnotherOwner_AreErrorsWithSql()
    {
        await GrantMirrorAsync();
        await SetUpAsync();
        await _bench.Database.ExecuteAsync($"grant usage, create on schema staging to {_bench.Role}");
        CheckReport report = await _bench.CheckAsync(asRole: true);
        Finding[] errors = [.. report.Findings.Where(finding => finding.Severity == FindingSeverity.Error)];
        // The table of rows and its view, beside recon's own.
        Assert.Equal(OwnRelations.Tables.Count + 2, errors.Length);
        await _bench.Database.ExecuteAsync(string.Join(' ', errors.Select(error => error.Fix)));
        (await _bench.CheckAsync(asRole: true)).IsClean();
    }

    [Fact]
    public async Task Table_NotOfRecon_IsAnErrorWithSql()
    {
        await _bench.Database.ExecuteAsync("create schema staging; create table staging.companies_reconciliation (x int)");
        Finding finding = (await _bench.CheckAsync()).Only(FindingSeverity.Error, "table staging.companies_reconciliation");
        Assert.Equal("$.pipelines[0].blocks[4].table", finding.At.JsonPath);
        await _bench.Database.ExecuteAsync(finding.Fix!.Split(": ")[1]);
        (await _bench.CheckAsync()).IsClean();
    }

    [Fact]
    public async Task Column_OfAnotherType_IsAnErrorAtTheColumn()
    {
        await SetUpAsync();
        await _bench.Database.ExecuteAsync("alter table staging.companies_reconciliation_rows add staff text");
        string definition = CheckBench.With(("\"hubspot_company_id\"", "\"hubspot_company_id\", \"columns\": [{ \"name\": \"staff\", \"type\": \"numeric\", \"legacy\": \"Staff\" }]"));
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Error, "column staging.companies_reconciliation.staff");
        Assert.Equal("$.pipelines[0].blocks[4].columns[0].name", finding.At.JsonPath);
        Assert.Contains("has type text; the definition wants numeric", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempt_UnfinishedOfTheSameDefinition_OffersBothWays()
    {
        await SetUpAsync();
        DefinitionReading reading = DefinitionReader.Parse(System.Text.Encoding.UTF8.GetBytes(CheckBench.Good), Path.Combine(_bench.Folder, "pipeline.json"));
        await _bench.Database.ExecuteAsync(LogOf(reading.FingerprintOf(reading.Definition!.Pipelines[0])));
        Finding finding = (await _bench.CheckAsync()).Only(FindingSeverity.Warning, "unfinished run");
        Assert.Contains("1 batches committed", finding.Message, StringComparison.Ordinal);
        Assert.Contains("--resume", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempt_UnfinishedOfAnotherDefinition_OffersFreshOnly()
    {
        await SetUpAsync();
        await _bench.Database.ExecuteAsync(LogOf("other"));
        Finding finding = (await _bench.CheckAsync()).Only(FindingSeverity.Warning, "unfinished run");
        Assert.Contains("--fresh", finding.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lease_HeldByALiveRun_IsAWarningAndItsAttemptIsNot()
    {
        await SetUpAsync();
        await _bench.Database.ExecuteAsync(LogOf("other") + LeaseOf("clock_timestamp()"));
        Assert.Contains("ann@host since", (await _bench.CheckAsync()).Only(FindingSeverity.Warning, "lease").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lease_HeldByADeadRun_IsOk()
    {
        await SetUpAsync();
        await _bench.Database.ExecuteAsync(LeaseOf("clock_timestamp() - interval '1 minute'"));
        (await _bench.CheckAsync()).IsClean();
    }

    private static string LogOf(string fingerprint)
        => s_log.Replace("FINGERPRINT", fingerprint, StringComparison.Ordinal);

    private static string LeaseOf(string heartbeat)
        => $"insert into staging.reconciliation_lease values ('companies', gen_random_uuid(), 1, 'ann@host', 1, clock_timestamp(), {heartbeat});";

    private async Task GrantMirrorAsync()
    {
        await _bench.CreateRoleAsync();
        await _bench.Database.ExecuteAsync($"grant usage on schema hubspot to {_bench.Role}; grant select on hubspot.companies to {_bench.Role}");
    }

    private async Task SetUpAsync()
    {
        DefinitionReading reading = DefinitionReader.Parse(System.Text.Encoding.UTF8.GetBytes(CheckBench.Good), "pipeline.json");
        await using var connection = new NpgsqlConnection(_bench.Database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await new StagingSchema(new StagingTables("staging")).CreateAsync(connection, reading.Definition!.Pipelines, TestContext.Current.CancellationToken);
    }
}
