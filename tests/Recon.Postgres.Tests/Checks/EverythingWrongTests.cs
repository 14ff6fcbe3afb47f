using Recon.Postgres.Checks;
using Recon.Testing;

namespace Recon.Postgres.Tests.Checks;

public sealed class EverythingWrongTests(PostgresServer server)
{
    private const string Definition = """
        {
          "postgres": "env:RECON_DB",
          "pipelines": [
            { "name": "companies",
              "blocks": [
                { "kind": "csv", "path": "companies.csv", "id": "Id", "idType": "number" },
                { "kind": "batch", "rows": 10 },
                { "kind": "lookup", "table": "hubspot.companies", "key": "legacy_id", "id": "hs_object_id",
                  "where": [{ "column": "archived", "equals": "perhaps" }, { "column": "nothing", "isNull": true }] },
                { "kind": "lookup", "name": "mail", "role": "fallback", "on": [{ "column": "Name", "property": "email", "ignoreCase": true }] },
                { "kind": "lookup", "name": "owner", "role": "parent", "table": "hubspot.owner", "key": "legacy", "from": "Owner" },
                { "kind": "diff", "properties": [
                  { "property": "name", "column": "Name", "convert": [{ "kind": "map-file", "path": "map.csv" }] },
                  { "property": "citty", "column": "City" },
                  { "property": "place", "column": "City" },
                  { "property": "founded", "column": "Founded", "compare": "datetime" } ] },
                { "kind": "stage", "table": "companies_reconciliation", "legacyId": "legacy_company_id", "hubspotId": "hubspot_company_id" }
              ] },
            { "name": "contacts",
              "blocks": [
                { "kind": "csv", "path": "contacts.csv", "id": "Id", "idType": "number" },
                { "kind": "batch" },
                { "kind": "lookup", "table": "hubspot.secret", "key": "legacy_id" },
                { "kind": "diff", "properties": [{ "property": "staff", "column": "Staff", "convert": ["integer"] }] },
                { "kind": "stage", "table": "contacts_reconciliation", "legacyId": "legacy_contact_id", "hubspotId": "hubspot_contact_id" }
              ] },
            { "name": "deals",
              "blocks": [
                { "kind": "csv", "path": "deals.csv", "id": "Id" },
                { "kind": "batch" },
                { "kind": "lookup", "table": "hubspot.owners", "key": "flag" },
                { "kind": "diff", "properties": [{ "property": "legacy", "column": "Name" }] },
                { "kind": "stage", "table": "deals_reconciliation", "legacyId": "legacy_deal_id", "hubspotId": "hubspot_deal_id" }
              ] }
          ] }
        """;

    private const string Mirror = """
        create schema hubspot;
        create table hubspot.companies (hs_object_id text, legacy_id text, name text, email text, city text, place point,
            founded integer, archived boolean default false);
        insert into hubspot.companies values ('1', '1'), ('2', ' 2'), ('3', '4'), ('4', '4'), ('no', '5');
        create table hubspot.owners (hs_object_id bigint, legacy integer, flag boolean);
        create table hubspot.secret (hs_object_id bigint, legacy_id text);
        alter table hubspot.companies set (autovacuum_enabled = off);
        create schema staging;
        create table staging.companies_reconciliation (x int);
        """;

    [Fact]
    public async Task EverythingWrong_IsReportedAtOnceWithPlaceAndFix()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server, mirror: false);
        await bench.CreateRoleAsync();
        await bench.Database.ExecuteAsync(Mirror + $"""
            grant usage on schema hubspot to {bench.Role};
            grant select on hubspot.companies, hubspot.owners to {bench.Role};
            grant usage on schema staging to {bench.Role};
            alter role {bench.Role} connection limit 3;
            alter role {bench.Role} set default_transaction_read_only = on;
            """);
        await bench.WriteAsync("companies.csv", [.. "Id,Nam,Owner,City,Founded\n1,caf"u8, 0xE9, .. ",1,x,1\n"u8]);
        await bench.WriteAsync("contacts.csv", "Id,Staff\n1,many\nx,2\n3\n");

        CheckReport report = await bench.CheckAsync(Definition, asRole: true);

        string[] expected =
        [
            "|Error|server role|$.postgres",
            "|Warning|connections|$.pipelines[0]",
            "|Error|schema staging|$",
            "companies|Error|map file|$.pipelines[0].blocks[5].properties[0].convert[0].path",
            "companies|Error|input|$.pipelines[0].blocks[0].path",
            "companies|Error|input|$.pipelines[0].blocks[0].path",
            "companies|Warning|table hubspot.companies|$.pipelines[0].blocks[2].table",
            "companies|Error|column hubspot.companies.citty|$.pipelines[0].blocks[5].properties[1].property",
            "companies|Error|column hubspot.companies.place|$.pipelines[0].blocks[5].properties[2].property",
            "companies|Warning|column hubspot.companies.founded|$.pipelines[0].blocks[5].properties[3].property",
            "companies|Error|where, column hubspot.companies.archived|$.pipelines[0].blocks[2].where[0].equals",
            "companies|Error|where, column hubspot.companies.nothing|$.pipelines[0].blocks[2].where[1].column",
            "companies|Warning|index on hubspot.companies.legacy_id|$.pipelines[0].blocks[2].key",
            "companies|Warning|keys in hubspot.companies.legacy_id|$.pipelines[0].blocks[2].key",
            "companies|Warning|repeated keys in hubspot.companies.legacy_id|$.pipelines[0].blocks[2].key",
            "companies|Error|ids in hubspot.companies.hs_object_id|$.pipelines[0].blocks[2].id",
            "companies|Warning|index on hubspot.companies.email|$.pipelines[0].blocks[3].on[0].property",
            "companies|Error|table hubspot.owner|$.pipelines[0].blocks[4].table",
            "companies|Error|table staging.companies_reconciliation|$.pipelines[0].blocks[6].table",
            "companies|Error|table staging.companies_reconciliation|$.pipelines[0].blocks[6].table",
            "contacts|Error|records|$.pipelines[1].blocks[0].path",
            "contacts|Warning|property staff|$.pipelines[1].blocks[3].properties[0]",
            "contacts|Error|table hubspot.secret|$.pipelines[1].blocks[2].table",
            "deals|Error|input|$.pipelines[2].blocks[0].path",
            "deals|Warning|table hubspot.owners|$.pipelines[2].blocks[2].table",
            "deals|Warning|column hubspot.owners.legacy|$.pipelines[2].blocks[3].properties[0].property",
            "deals|Error|column hubspot.owners.flag|$.pipelines[2].blocks[2].key",
        ];
        Assert.Equal(
            expected,
            report.Findings.Where(finding => finding.Severity != FindingSeverity.Ok)
                .Select(finding => $"{finding.Pipeline}|{finding.Severity}|{finding.Subject}|{finding.At.JsonPath}"));
        Assert.Equal(2, report.ExitCode);
        Assert.All(report.Findings.Where(finding => finding.At.JsonPath != "$"), finding => Assert.True(finding.At.Line > 1));
    }
}
