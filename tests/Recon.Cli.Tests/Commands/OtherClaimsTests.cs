using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>Two pipelines that match records of one mirror table, and the HubSpot records that both claim.</summary>
public sealed class OtherClaimsTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // By ids of one kind: 2 is one legacy record in both files, with one value, and 3 with two. By ids of two kinds: 1 and 5 are found by
    // the id and, with another and the same value, by e-mail; 2 by both ids. 4 is always found by e-mail twice.
    [Theory]
    [InlineData("legacy", "one", "1 2 5", "2", "2 HubSpot records of hubspot.things in their published results (such as 3, 4), and for 2 of them")]
    [InlineData("legacy", "many", "1 2 5", "2", "2 HubSpot records of hubspot.things in their published results (such as 3, 4), and for 2 of them")]
    [InlineData("erp", "one", "1 3 5", "", "4 HubSpot records of hubspot.things in their published results (such as 1, 2, 4), and for 2 of them")]
    [InlineData("erp", "many", "1 2 3 5", "150 2", "2 HubSpot records of hubspot.things in their published results (such as 1, 4), and for 2 of them")]
    public async Task Export_OfRecordsThatBothClaim_LeavesOutTheWeakerClaimAndWhatContradictsAnother(
        string key, string policy, string old, string other, string claims)
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        using TempFolder folder = new();
        string definition = await WriteAsync(database, folder, key, policy);

        CliRun run = await RunAsync(database, definition, "run");
        CliRun check = await RunAsync(database, definition, "check");
        CliRun ofOld = await RunAsync(database, definition, "export", "old", "--format", "jsonl");
        CliRun ofNew = await RunAsync(database, definition, "export", "new", "--format", "jsonl");
        CliRun sql = await RunAsync(database, definition, "sql", "new", "updates");
        CliRun pack = await RunAsync(database, definition, "export", "new", "--out", folder.File("pack"), "--json");

        Assert.Equal((0, 0, 0), (run.ExitCode, ofOld.ExitCode, ofNew.ExitCode));
        Assert.Contains($"new: 'new' and 'old' both claim {claims}", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("old: 'old'", run.Error, StringComparison.Ordinal);
        Assert.Contains($"'old' and 'new' both claim {claims}", check.Out, StringComparison.Ordinal);
        Assert.Equal((old, other), (Ids(ofOld.Out), Ids(ofNew.Out)));
        Assert.Contains($"old: {5 - Count(old)} records are left out because 'new' claims their HubSpot records of hubspot.things", ofOld.Error, StringComparison.Ordinal);
        int left = (key == "erp" ? 4 : 3) - Count(other);
        Assert.Contains($"new: {left} records are left out because 'old' claims", ofNew.Error, StringComparison.Ordinal);
        Assert.Equal(left, JsonDocument.Parse(pack.Out).RootElement.GetProperty("claimedElsewhere").GetInt32());

        Assert.Contains("-- Records whose HubSpot record 'old' claims, too, are listed", sql.Out, StringComparison.Ordinal);

        static int Count(string ids) => ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    [Fact]
    public async Task Export_WithoutTheRightToReadTheOtherResult_SaysSo()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        using TempFolder folder = new();
        string definition = await WriteAsync(database, folder, "legacy", "one");
        await RunAsync(database, definition, "run");
        await database.ExecuteAsync("""
            create role reader_of_one login password 'r';
            grant usage on schema staging to reader_of_one; grant select on staging.old, staging.reconciliation_log to reader_of_one
            """);
        try
        {
            string reader = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "reader_of_one", Password = "r" }.ConnectionString;
            CliRun export = await CliRun.OfAsync("export", "old", "--format", "jsonl", "--definition", definition, "--postgres", reader);

            Assert.Equal("1 2 3 40 5", Ids(export.Out));
            Assert.Contains("whether 'new' claims the same HubSpot records is not known", export.Error, StringComparison.Ordinal);
        }
        finally
        {
            await database.ExecuteAsync("drop owned by reader_of_one; drop role reader_of_one");
        }
    }

    private static string Ids(string lines) => string.Join(' ', lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("legacy_id").GetString()));

    private static Task<CliRun> RunAsync(TestDatabase database, string definition, params string[] arguments)
        => CliRun.OfAsync([.. arguments, "--definition", definition, "--postgres", database.ConnectionString]);

    private static async Task<string> WriteAsync(TestDatabase database, TempFolder folder, string key, string policy)
    {
        await database.ExecuteAsync("""
            create schema hubspot; create table hubspot.things (hs_object_id bigint primary key, legacy text, erp text, email text, name text);
            insert into hubspot.things values (1, '1', null, 'a@x.fr', 'x'), (2, '2', '2', 'b@x.fr', 'x'), (3, '3', null, 'c@x.fr', 'x'),
                (4, null, null, 'd@x.fr', 'x'), (5, '5', null, 'e@x.fr', 'x');
            """);
        await File.WriteAllTextAsync(folder.File("old.csv"), "Id,Name,Email\n1,A,\n2,B,\n3,C,\n40,D,d@x.fr\n5,E,\n", Token);
        await File.WriteAllTextAsync(folder.File("new.csv"), "Id,Name,Email\n2,B,\n140,Z,d@x.fr\n" + (key == "erp" ? "101,Z,a@x.fr\n150,E,e@x.fr\n" : "3,Z,\n"), Token);
        string path = folder.File("pipeline.json");
        await File.WriteAllTextAsync(path, $$"""{ "pipelines": [{{Pipeline("old", "legacy")}}, {{Pipeline("new", key)}}] }""", Token);
        return path;

        string Pipeline(string name, string column) => $$"""
            { "name": "{{name}}", "object": "contacts", "claims": "{{policy}}", "blocks": [
              { "kind": "csv", "path": "{{name}}.csv", "id": "Id" }, { "kind": "batch" },
              { "kind": "lookup", "table": "hubspot.things", "key": "{{column}}" },
              { "kind": "lookup", "role": "fallback", "name": "by-email", "on": [{ "column": "Email", "property": "email" }] },
              { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
              { "kind": "stage", "table": "{{name}}", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }] }
            """;
    }
}
