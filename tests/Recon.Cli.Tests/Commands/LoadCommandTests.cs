using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

public sealed class LoadCommandTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    [Fact]
    public async Task Load_Sample_AccountsForEveryRecord()
    {
        foreach (string pipeline in ReconciledSample.Pipelines)
        {
            long read = sample.Loaded[pipeline].GetProperty("read").GetInt64();
            long loaded = sample.Loaded[pipeline].GetProperty("loaded").GetInt64();

            Assert.Equal(read, loaded + sample.Loaded[pipeline].GetProperty("rejected").GetInt64());
            Assert.Equal(loaded, await sample.Database.QueryValueAsync<long>($"select count(*) from bronze.{pipeline}"));
        }
    }

    [Fact]
    public async Task Load_Columns_AreAllOfTheFileAndText()
    {
        Assert.Equal(25, sample.Loaded["communications"].GetProperty("columns").GetInt32());
        Assert.Equal(25, await sample.Database.QueryValueAsync<long>(
            "select count(*) from information_schema.columns where table_schema = 'bronze' and table_name = 'communications' and data_type = 'text'"));
    }

    [Fact]
    public async Task Load_NullSpelling_StaysAsItIs()
        => Assert.True(await sample.Database.QueryValueAsync<long>(
            "select count(*) from bronze.contacts c where to_jsonb(c)::text like '%\"NULL\"%'") > 0);

    [Fact]
    public async Task Load_GuidesMatchQuery_WorksAsWritten()
    {
        // Query 1 of the Python guide, but for the table's schema.
        long rows = await sample.Database.QueryValueAsync<long>("""
            select count(*) from (
                SELECT leg.Comp_CompanyId as legacy_id, hs.hs_object_id as hubspot_id, leg.Comp_Name as legacy_name, hs.name as hubspot_name,
                    leg.Comp_WebSite as legacy_domain, hs.domain as hubspot_domain
                FROM bronze.companies leg
                INNER JOIN hubspot.companies hs ON leg.Comp_CompanyId::VARCHAR = hs.icalps_company_id::VARCHAR
                WHERE hs.icalps_company_id IS NOT NULL LIMIT 100) q
            """);

        Assert.Equal(100, rows);
    }

    [Fact]
    public async Task Load_Again_ReplacesAndKeepsViewsAndGrants()
    {
        await sample.Database.ExecuteAsync("create view public.bronze_deals as select * from bronze.deals");
        long before = await sample.Database.QueryValueAsync<long>("select count(*) from public.bronze_deals");

        CliRun run = await sample.Database.ReconAsync("load", "deals");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(before, await sample.Database.QueryValueAsync<long>("select count(*) from public.bronze_deals"));
    }

    [Theory]
    [InlineData("hubspot.copy", "only ever read")]
    [InlineData("hubspot.companies", "only ever read")]
    [InlineData("staging.copy", "used otherwise")]
    [InlineData("pg_catalog.copy", "used otherwise")]
    [InlineData("copy", "schema.table")]
    [InlineData("a.b.c", "schema.table")]
    public async Task Load_IntoAnotherPlace_IsRefused(string table, string part)
    {
        CliRun run = await sample.Database.ReconAsync("load", "deals", "--table", table);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_IntoSomebodysTable_IsRefusedAndLeavesIt()
    {
        await sample.Database.ExecuteAsync("create table bronze.mine as select 1 as one");

        CliRun run = await sample.Database.ReconAsync("load", "deals", "--table", "bronze.mine");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("not made by recon load", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, await sample.Database.QueryValueAsync<int>("select one from bronze.mine"));
    }

    [Fact]
    public async Task Load_HostileNames_AreOnlyNames()
    {
        string path = Path.Combine(sample.Folder, "hostile.csv");
        await File.WriteAllTextAsync(path, "Oppo_OpportunityId,\"a\"\"; drop table bronze.deals; --\"\n1,x\n");

        CliRun run = await sample.Database.ReconAsync("load", "deals", "--input", path, "--table", "bronze.Od\"d; drop");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("x", await sample.Database.QueryValueAsync<string>("select \"a\"\"; drop table bronze.deals; --\" from bronze.\"Od\"\"d; drop\""));
        Assert.True(await sample.Database.QueryValueAsync<long>("select count(*) from bronze.deals") > 0);
    }

    [Fact]
    public async Task Load_TooManyRejects_LoadsNothingAndListsThem()
    {
        string path = Path.Combine(sample.Folder, "bad.csv");
        string rejects = Path.Combine(sample.Folder, "rejects.csv");
        await File.WriteAllTextAsync(path, "Oppo_OpportunityId,b\n1,x\n2\n,y\n");

        CliRun run = await sample.Database.ReconAsync(
            "load", "deals", "--input", path, "--table", "bronze.bad", "--max-rejects", "1", "--rejects", rejects);

        Assert.Equal(3, run.ExitCode);
        Assert.Null(await sample.Database.QueryValueAsync<string>("select to_regclass('bronze.bad')::text"));
        string[] lines = await File.ReadAllLinesAsync(rejects);
        Assert.Contains("\"field-count\"", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"id-missing\"", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_WithRejects_WritesThemForTheOwnerOnlyAndLeavesNothingElse()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.File("bad.csv"), "Oppo_OpportunityId,b\n1,x\n2\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("rejects.csv"), RejectsHeader.Followed("those of the last load"), TestContext.Current.CancellationToken);

        CliRun run = await sample.Database.ReconAsync(
            "load", "deals", "--input", folder.File("bad.csv"), "--table", "bronze.some", "--max-rejects", "9", "--rejects", folder.File("rejects.csv"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, (await File.ReadAllLinesAsync(folder.File("rejects.csv"), TestContext.Current.CancellationToken)).Length);
        Assert.Equal(["bad.csv", "rejects.csv"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("rejects.csv")));
        }
    }

    // The file has rejects, and then turns out not to be usable.
    [Fact]
    public async Task Load_RefusedAfterSomeRejects_LeavesTheFileOfTheLastLoad()
    {
        using TempFolder folder = new();
        await File.WriteAllBytesAsync(
            folder.File("bad.csv"), [.. "Oppo_OpportunityId,b\n2\n"u8, .. Enumerable.Repeat("1,x\n"u8.ToArray(), 100_000).SelectMany(line => line), 0xFF], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("rejects.csv"), RejectsHeader.Followed("those of the last load"), TestContext.Current.CancellationToken);

        CliRun run = await sample.Database.ReconAsync(
            "load", "deals", "--input", folder.File("bad.csv"), "--table", "bronze.none", "--rejects", folder.File("rejects.csv"));

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(RejectsHeader.Followed("those of the last load"), await File.ReadAllTextAsync(folder.File("rejects.csv"), TestContext.Current.CancellationToken));
        Assert.Equal(["bad.csv", "rejects.csv"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
