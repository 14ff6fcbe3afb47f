using System.Text;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class NotationTests(PostgresServer server)
{
    // Everything that is staged but legacy_properties (the raw text is the file's own), run, line and time.
    private const string Content = """
        select t::text from (select legacy_id, hubspot_id, amount, seen, day, active, reconciliation_status, match_confidence,
            match_rule, notes, properties_to_update, previous_values, parent_ids from staging.things) t
        order by legacy_id collate "C"
        """;

    private const string Columns = """
        { "name": "amount", "converted": "amount", "type": "numeric" }, { "name": "seen", "converted": "seen", "type": "timestamptz" },
        { "name": "day", "converted": "day" }, { "name": "active", "converted": "active" }
        """;

    [Fact]
    public async Task Run_SameDataInUsFrenchAndIsoNotation_StagesTheSame()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, amount numeric, seen timestamptz, day date,
                active boolean);
            insert into hubspot.things values
                (101, '1', 'Café', 1054.5, '2024-07-01T07:30:00Z', '2024-07-01', true),
                (102, '2', 'Other', 1, '2020-01-01T00:00:00Z', '2020-01-01', true),
                (103, '3', 'Été', null, null, null, null);
            """);

        await world.RunAsync(
            """
            Id,Name,Amount,Seen,Day,Active
            1,Café,1054.50,2024-07-01T09:30:00,2024-07-01,true
            2,"Noël, & fils",-12500000,2024-10-27T02:30:00,2024-12-25,false
            3,Été,0.25,2024-03-31T02:30:00,1999-01-02,
            3,Été,0.250,2024-03-31T02:30:00,1999-01-02,
            4,Nouveau,not known,2024-13-01T00:00:00,2024-02-30,true

            """,
            Blocks("\"number\"", "\"datetime\"", "\"date\""),
            columns: Columns);
        string iso = await world.LinesAsync(Content);

        await world.RunAsync(
            """
            Id,Name,Amount,Seen,Day,Active
            1,Café,"1,054.50",7/1/2024 9:30 AM,7/1/2024,Yes
            2,"Noël, & fils","-12,500,000.00",10/27/2024 2:30 AM,12/25/2024,No
            3,Été,.25,3/31/2024 2:30 AM,1/2/1999,N/A
            3,Été,0.25,3/31/2024 2:30 AM,1/2/1999,
            4,Nouveau,not known,13/1/2024 12:00 AM,2/30/2024,Y

            """,
            Blocks(
                """{ "kind": "number", "culture": "en" }""",
                """{ "kind": "datetime", "formats": ["M/d/yyyy h:mm tt"] }""",
                """{ "kind": "date", "formats": ["M/d/yyyy"] }"""),
            columns: Columns);
        string us = await world.LinesAsync(Content);

        await world.RunAsync(
            """
            Id;Name;Amount;Seen;Day;Active
            1;Café;1 054,50 EUR;01/07/2024 09:30:00;01/07/2024;Oui
            2;Noël, & fils;-12 500 000;27/10/2024 02:30:00;25/12/2024;Non
            3;Été;0,25;31/03/2024 02:30:00;02/01/1999;NULL
            3;Été;0,250;31/03/2024 02:30:00;02/01/1999;-
            4;Nouveau;not known;01/13/2024 00:00:00;30/02/2024;VRAI

            """,
            Blocks(
                """{ "kind": "number", "culture": "fr" }""",
                """{ "kind": "datetime", "formats": ["dd/MM/yyyy HH:mm:ss"] }""",
                """{ "kind": "date", "formats": ["dd/MM/yyyy"] }"""),
            """, "delimiter": ";", "encoding": "iso-8859-1" """,
            Columns,
            Encoding.Latin1);
        string french = await world.LinesAsync(Content);

        Assert.Contains("-12500000", iso, StringComparison.Ordinal);
        Assert.Equal(4, iso.Split('\n').Length);
        Assert.Equal(iso, us);
        Assert.Equal(iso, french);
    }

    private static string Blocks(string number, string datetime, string date) => $$"""
        { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
        { "kind": "diff", "properties": [
          { "property": "name", "column": "Name" },
          { "property": "amount", "column": "Amount", "convert": [{{number}}] },
          { "property": "seen", "column": "Seen", "convert": [{{datetime}}] },
          { "property": "day", "column": "Day", "convert": [{{date}}] },
          { "property": "active", "column": "Active", "convert": ["boolean"] }] }
        """;
}
