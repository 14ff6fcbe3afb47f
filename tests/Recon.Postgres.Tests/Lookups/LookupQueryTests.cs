using System.Text;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Text;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using Recon.Testing;

namespace Recon.Postgres.Tests.Lookups;

public sealed class LookupQueryTests(PostgresServer server)
{
    // A mirror may hold millions of empty values, whose coarse form is that of every key of signs.
    [Theory]
    [InlineData("--", 1)]
    [InlineData("acme", 0)]
    public async Task Build_KeyOfSignsOnly_FetchesNoEmptyValues(string key, int fetched)
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            create schema hubspot;
            create table hubspot.things (hs_object_id bigint, legacy text, k text);
            insert into hubspot.things select n, null, case when n > 1 then '' else '-' end from generate_series(1, 50) n;
            """);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        MirrorTable table = (await MirrorCatalog.FindAsync(connection, SqlTable.Parse("hubspot.things"), TestContext.Current.CancellationToken))!;
        var match = new LookupBlockDefinition { Table = "hubspot.things", Key = "legacy" };
        var fallback = new LookupBlockDefinition
        {
            Role = LookupRole.Fallback,
            On = [new MatchKeyDefinition { Column = "K", Property = "k", Convert = [new LowerDefinition()] }],
        };
        var context = new ConversionContext(new DefaultsDefinition(), "", false);
        LookupQuery query = LookupQuery.Build(
            table, KeyRule.For(ValidLookup.Of(fallback, match, new CsvBlockDefinition()), table, context), "hs_object_id", [], [], "legacy");
        using var keys = new BatchKeys(1);
        keys.Ask(0, Encoding.UTF8.GetBytes(key));

        byte[]? rows = await query.Text.ScalarAsync(connection, TestContext.Current.CancellationToken, query.Keys.Parameter(keys)) as byte[];

        // A row of two fields, a text of one byte and an id: count, then type, length and value of each.
        Assert.Equal(fetched * (4 + 8 + 1 + 8 + 8), rows?.Length ?? 0);
    }
}
