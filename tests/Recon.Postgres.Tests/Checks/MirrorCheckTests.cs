using Recon.Postgres.Checks;
using Recon.Testing;

namespace Recon.Postgres.Tests.Checks;

public sealed class MirrorCheckTests(PostgresServer server) : IAsyncLifetime
{
    private CheckBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await CheckBench.CreateAsync(server);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Table_Good_IsOkWithItsRows()
    {
        CheckReport report = await _bench.CheckAsync();
        Assert.Equal("It can be read, about 50 rows.", report.One(FindingSeverity.Ok, "table hubspot.companies").Message);
        Assert.Equal("2 uses of columns: all there and readable.", report.One(FindingSeverity.Ok, "columns of").Message);
    }

    [Fact]
    public async Task Table_Missing_IsAnErrorWithASuggestion()
    {
        Finding finding = (await _bench.CheckAsync(CheckBench.With(("hubspot.companies", "hubspot.company")))).Only(FindingSeverity.Error, "table hubspot.company");
        Assert.Contains("Did you mean \"hubspot.companies\"?", finding.Message, StringComparison.Ordinal);
        Assert.Equal("$.pipelines[0].blocks[2].table", finding.At.JsonPath);
    }

    [Fact]
    public async Task Table_WithoutPrivilege_IsAnErrorWithTheGrant()
    {
        await _bench.CreateRoleAsync();
        await _bench.Database.ExecuteAsync($"grant create on database {_bench.Database.Name} to {_bench.Role}");
        Finding finding = (await _bench.CheckAsync(asRole: true)).Only(FindingSeverity.Error, "table hubspot.companies");
        await _bench.Database.ExecuteAsync(finding.Fix!);
        (await _bench.CheckAsync(asRole: true)).IsClean();
    }

    [Fact]
    public async Task Table_NeverAnalysed_IsAWarningWithSql()
    {
        await _bench.Database.ExecuteAsync("""
            create table hubspot.fresh (like hubspot.companies including indexes);
            alter table hubspot.fresh set (autovacuum_enabled = off);
            insert into hubspot.fresh select * from hubspot.companies;
            """);
        Finding finding = (await _bench.CheckAsync(CheckBench.With(("hubspot.companies", "hubspot.fresh")))).Only(FindingSeverity.Warning, "table hubspot.fresh");
        Assert.Equal("analyze \"hubspot\".\"fresh\";", finding.Fix);
    }

    [Fact]
    public async Task Table_RowLevelSecurity_IsAWarning()
    {
        await _bench.CreateRoleAsync();
        await _bench.Database.ExecuteAsync($"""
            grant create on database {_bench.Database.Name} to {_bench.Role};
            grant usage on schema hubspot to {_bench.Role}; grant select on hubspot.companies to {_bench.Role};
            alter table hubspot.companies enable row level security;
            """);
        Finding finding = (await _bench.CheckAsync(asRole: true)).Only(FindingSeverity.Warning, "table hubspot.companies");
        Assert.Contains("Row-level security", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Column_HostileName_IsQuotedInTheSql()
    {
        await _bench.Database.ExecuteAsync("""alter table hubspot.companies add "a""); drop table hubspot.companies; --" text""");
        string definition = CheckBench.With(("\"key\": \"legacy_id\"", "\"key\": \"a\\\"); drop table hubspot.companies; --\""));
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Warning, "index");
        await _bench.Database.ExecuteAsync(finding.Fix!);
        (await _bench.CheckAsync(definition)).IsClean();
    }

    [Fact]
    public async Task Value_ThatCannotBeRead_IsAWarningWithSamplesAndWhatReadsThem()
    {
        await _bench.Database.ExecuteAsync("""
            alter table hubspot.companies add staff text;
            update hubspot.companies set staff = case when employees < 40 then '$1,234.00' when employees < 50 then '1,234' end;
            """);
        string definition = CheckBench.With(("\"property\": \"employees\"", "\"property\": \"employees\", \"mirror\": \"staff\""));
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Warning, "column hubspot.companies.staff");

        Assert.Equal(
            "10 of 49 sampled values cannot be read as \"number\", such as '1,234': their differences will be withheld as \"unreadable\".", finding.Message);
        Assert.Contains("\"mirror\": { \"convert\": [{ \"kind\": \"number\", \"culture\": \"en\" }] }, or ", finding.Fix, StringComparison.Ordinal);
        Assert.EndsWith("$.pipelines[0].blocks[3].properties[1].mirror", finding.Place, StringComparison.Ordinal);

        string declared = definition.Replace(
            "\"staff\"", "{ \"column\": \"staff\", \"convert\": [{ \"kind\": \"number\", \"culture\": \"en\" }] }", StringComparison.Ordinal);
        (await _bench.CheckAsync(declared)).IsClean();
    }

    [Fact]
    public async Task Value_OfJsonAndOfNumbers_IsReadAsARunReadsIt()
    {
        await _bench.Database.ExecuteAsync("""
            alter table hubspot.companies add staff jsonb, add counted double precision;
            update hubspot.companies set staff = to_jsonb(employees::text), counted = employees * 1e15;
            """);

        (await _bench.CheckAsync(CheckBench.With(("\"property\": \"employees\"", "\"property\": \"employees\", \"mirror\": \"staff\"")))).IsClean();
        (await _bench.CheckAsync(CheckBench.With(("\"property\": \"employees\"", "\"property\": \"employees\", \"mirror\": \"counted\"")))).IsClean();
    }

    [Fact]
    public async Task Column_Missing_IsAnErrorWithASuggestionAtItsPlace()
    {
        Finding finding = (await _bench.CheckAsync(CheckBench.With(("\"employees\"", "\"employes\"")))).Only(FindingSeverity.Error, "column hubspot.companies.employes");
        Assert.Contains("Did you mean \"employees\"?", finding.Message, StringComparison.Ordinal);
        Assert.EndsWith("$.pipelines[0].blocks[3].properties[1].property", finding.Place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Column_OptionalMissing_IsOk()
        => (await _bench.CheckAsync(CheckBench.With(("\"property\": \"name\"", "\"property\": \"nom\", \"optional\": true")))).IsClean();

    [Fact]
    public async Task Column_OfStagingMissing_IsAnErrorThere()
    {
        string definition = CheckBench.With(("\"hubspot_company_id\"", "\"hubspot_company_id\", \"columns\": [{ \"name\": \"hubspot_city\", \"hubspot\": \"city\" }]"));
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Error, "column hubspot.companies.city");
        Assert.Equal("$.pipelines[0].blocks[4].columns[0].hubspot", finding.At.JsonPath);
    }

    [Fact]
    public async Task Column_OfUnreadableType_IsAnError()
    {
        await _bench.Database.ExecuteAsync("alter table hubspot.companies add place point");
        Finding finding = (await _bench.CheckAsync(CheckBench.With(("\"property\": \"name\"", "\"property\": \"place\"")))).Only(FindingSeverity.Error, "column hubspot.companies.place");
        Assert.Contains("type point", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Column_TypeAgainstComparison_IsAWarningWithTheRightOne()
    {
        string definition = CheckBench.With(("\"convert\": [\"integer\"]", "\"compare\": \"boolean\""));
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Warning, "column hubspot.companies.employees");
        Assert.Contains("type numeric does not go with the comparison \"boolean\"", finding.Message, StringComparison.Ordinal);
        Assert.Contains("\"number\"", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Newest_AgainstAColumnThatIsNoTime_IsAWarning()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff,Updated\n1,a,1,2024-01-01 10:00:00\n");
        string definition = CheckBench.With(
            ("{ \"kind\": \"diff\",", "{ \"kind\": \"diff\", \"legacyUpdated\": \"Updated\", \"hubspotUpdated\": \"employees\","),
            ("\"column\": \"Name\"", "\"column\": \"Name\", \"policy\": \"newest\""));
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Warning, "column hubspot.companies.employees");
        Assert.Equal("$.pipelines[0].blocks[3].hubspotUpdated", finding.At.JsonPath);
    }

    [Fact]
    public async Task Keep_ColumnMissing_IsAnError()
    {
        Finding finding = (await _bench.CheckAsync(CheckBench.With(("\"column\": \"archived\"", "\"column\": \"archivd\"")))).Only(FindingSeverity.Error, "where,");
        Assert.Contains("Did you mean \"archived\"?", finding.Message, StringComparison.Ordinal);
        Assert.Equal("$.pipelines[0].blocks[2].where[0].column", finding.At.JsonPath);
    }

    [Fact]
    public async Task Keep_OptionalColumnMissing_IsOk()
        => (await _bench.CheckAsync(CheckBench.With(("\"column\": \"archived\"", "\"optional\": true, \"column\": \"deleted\"")))).IsClean();

    [Fact]
    public async Task Keep_ValueOfAnotherType_IsAnErrorAtTheValue()
    {
        string definition = CheckBench.With(("\"equals\": \"false\"", "\"in\": [\"true\", \"maybe\"]"));
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Error, "where,");
        Assert.Contains("type boolean", finding.Message, StringComparison.Ordinal);
        Assert.Equal("$.pipelines[0].blocks[2].where[0].in[1]", finding.At.JsonPath);
    }
}
