using System.Globalization;
using Recon.Dataflow.Explain;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Staging;

/// <summary>Of rows that repeat an id and disagree, the latest wins, where the definition says so.</summary>
public sealed class LatestRepeatTests(PostgresServer server)
{
    private const string Mirror = """
        create table hubspot.things (hs_object_id bigint primary key, legacy text, name text, city text);
        insert into hubspot.things select 100 + i, i::text, 'old', 'Pau' from generate_series(1, 9) i;
        """;

    private const string Blocks = """
        { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
        { "kind": "lookup", "name": "owner", "role": "parent", "table": "hubspot.things", "key": "legacy", "from": "Owner" },
        { "kind": "diff", "onConflict": "latest", "latestBy": "Updated", "latestByConvert": [{ "kind": "datetime", "formats": ["dd/MM/yyyy HH:mm"] }],
          "properties": [{ "property": "name", "column": "Name" }, { "property": "city", "column": "City" }] }
        """;

    private const string Columns = """{ "name": "owner_id", "parentHubspotId": "owner", "type": "bigint" }""";

    private static readonly string[] s_rows =
    [
        "1,Uno,Pau,01/02/2024 10:00,", "1,Eins,Pau,02/01/2024 10:00,", "1,One,Lyon,01/03/2024 09:00,",
        "2,Due,Pau,01/02/2024 10:00,", "2,Zwei,Pau,01/02/2024 10:00,", "2,Two,Pau,01/01/2024 10:00,",
        "3,Tre,Pau,01/02/2024 10:00,", "3,Drei,Pau,27:31.0,",
        "4,Quattro,Pau,01/02/2024 10:00,", "4,Quattro,Pau,,", "4,Vier,Pau,01/01/2024 10:00,",
        "5,Cinque,Pau,01/02/2024 10:00,", "5,Cinque,Pau,01/01/2024 10:00,",
        "6,Sei,Pau,01/02/2024 10:00,7", "6,Sei,Pau,01/02/2024 10:00,8", "6,Sechs,Pau,01/01/2024 10:00,9",
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Run_RowsThatDisagree_TheLatestWinsInAnyOrder(int seed)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, Mirror);
        string[] rows = [.. s_rows];
        new Random(seed).Shuffle(rows);

        PipelineResult result = await world.RunAsync(File(rows), Blocks, columns: Columns);

        Assert.Equal(
            """
            1 matched {"city": "Lyon", "name": "One"}
            2 conflict {}
            3 conflict {}
            4 matched {"name": "Quattro"}
            5 matched {"name": "Cinque"}
            6 matched {"name": "Sei"} {"owner": {"7": 107, "8": 108}}
            """,
            await world.LinesAsync("""
                select concat_ws(' ', legacy_id, reconciliation_status, properties_to_update, parent_ids) from staging.things order by legacy_id
                """));
        Assert.Equal((6, 10, 2, 4), (result.Counts.Staged, result.Counts.Folded, result.Counts.Conflict, result.Counts.WithChanges));
        Assert.Equal(3, result.Counts.Latest);
        Assert.Equal((1, 4), (result.Counts.PropertyChanges["city"], result.Counts.PropertyChanges["name"]));
        int winner = Array.IndexOf(rows, s_rows[2]) + 2;
        string note = (await world.Database.QueryValueAsync<string>("select notes from staging.things where legacy_id = '1'"))!;
        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture,
                $"the file holds 3 rows with this id that differ in City, Name; line {winner} with Updated 01/03/2024 09:00 won over line "),
            note, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{Array.IndexOf(rows, s_rows[0]) + 2}"), note, StringComparison.Ordinal);

        foreach (string id in (string[])["1", "2", "4", "6"])
        {
            RecordExplanation explanation = await world.ExplainAsync(id, File(rows), Blocks, columns: Columns);
            RecordStory staged = Assert.Single(explanation.Records, record => record.Rows > 0);
            Assert.Equal(
                await world.Database.QueryValueAsync<string>(
                    $"select concat_ws(' ', reconciliation_status, source_line, notes) from staging.things where legacy_id = '{id}'"),
                string.Create(CultureInfo.InvariantCulture, $"{staged.Outcome} {staged.Line} {staged.Notes}"));
        }
    }

    [Fact]
    public async Task Run_ManyRowsThatDisagree_AreFoldedIntoTheLatest()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, Mirror);
        string[] rows = [.. Enumerable.Range(0, 3_000).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"1,name {i * 7 % 3000},Pau,{1 + (i % 28):00}/{1 + (i / 28 % 12):00}/{2000 + (i / 336)} 10:00,"))];

        PipelineResult result = await world.RunAsync(File(rows), Blocks);

        Assert.Equal((1, 2_999, 1), (result.Counts.Staged, result.Counts.Folded, result.Counts.Latest));
        Assert.Equal("{\"name\": \"name 2993\"}", await world.Database.QueryValueAsync<string>("select properties_to_update::text from staging.things"));
        Assert.EndsWith("and 2989 more", await world.Database.QueryValueAsync<string>("select notes from staging.things"), StringComparison.Ordinal);
    }

    private static string File(string[] rows) => "Id,Name,City,Updated,Owner\n" + string.Join('\n', rows) + "\n";
}
