using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Testing;

namespace Recon.Dataflow.Tests.Definition;

public sealed class ShippedDefinitionTests
{
    [Theory]
    [InlineData("pipeline.json")]
    [InlineData("docs/examples/pipeline.fr.json")]
    public void Read_ShippedFile_HasNoProblems(string file) =>
        Assert.Equal("", string.Join('\n', DefinitionReader.Read(Path.Combine(Repository.Root, file)).Problems));

    [Fact]
    public void Read_ShippedDefinition_HasTheFourPipelinesInOrder()
    {
        ValidDefinition definition = DefinitionReader.Read(Path.Combine(Repository.Root, "pipeline.json")).Definition!;

        Assert.Equal(["companies", "contacts", "deals", "communications"], definition.Pipelines.Select(each => each.Name));
        Assert.Equal([15, 14, 12, 6], definition.Pipelines.Select(each => each.Diff.Properties.Count));
        Assert.Equal("embedded", definition.Postgres);
        Assert.All(definition.Pipelines, each => Assert.Equal(IdType.Number, each.Csv.IdType));
    }

    [Theory]
    [InlineData("companies", "legacy_company_id hubspot_company_id legacy_name hubspot_name legacy_domain hubspot_domain")]
    [InlineData("contacts", "legacy_contact_id hubspot_contact_id legacy_email hubspot_email legacy_firstname legacy_lastname hubspot_firstname hubspot_lastname legacy_company_id hubspot_company_id")]
    [InlineData("deals", "legacy_deal_id hubspot_deal_id legacy_dealname hubspot_dealname legacy_amount hubspot_amount legacy_company_id hubspot_company_id legacy_contact_id hubspot_contact_id")]
    [InlineData("communications", "legacy_communication_id hubspot_engagement_id legacy_type legacy_subject legacy_datetime legacy_company_id hubspot_company_id legacy_contact_id hubspot_contact_id legacy_deal_id hubspot_deal_id")]
    public void Read_ShippedDefinition_StagesTheContractsColumns(string pipeline, string columns)
    {
        ValidDefinition definition = DefinitionReader.Read(Path.Combine(Repository.Root, "pipeline.json")).Definition!;

        StageBlockDefinition stage = definition.Pipelines.Single(each => each.Name == pipeline).Stage;

        Assert.Equal(pipeline + "_reconciliation", stage.Table);
        Assert.Equal(columns, string.Join(' ', stage.Columns.Select(column => column.Name).Prepend(stage.HubspotId).Prepend(stage.LegacyId)));
    }

    [Theory]
    [InlineData("hubspot.companies", "clients", "", "companies")]
    [InlineData("crm.hs_company", "companies", "", "companies")]
    [InlineData("crm.hs_company", "clients", "", "")]
    [InlineData("hubspot.engagements", "activities", "", "")]
    [InlineData("hubspot.engagements", "c", "\"object\": \"2-3456789\",", "2-3456789")]
    [InlineData("hubspot.engagements", "c", "\"object\": { \"from\": \"Id\", \"map\": { \"x\": \"tasks\", \"y\": \"calls\" } },", "calls, tasks")]
    public void Read_Object_IsThatOfTheTableUnlessNamed(string table, string name, string named, string expected)
    {
        DefinitionReading reading = DefinitionSamples.Parse($$"""
            { "pipelines": [{ "name": "{{name}}", {{named}} "blocks": [
                { "kind": "csv", "path": "x.csv", "id": "Id" }, { "kind": "batch" },
                { "kind": "lookup", "table": "{{table}}", "key": "legacy_id" },
                { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
                { "kind": "stage", "table": "t", "legacyId": "l", "hubspotId": "h" }] }] }
            """);

        Assert.Empty(reading.Problems);
        Assert.Equal(expected, string.Join(", ", reading.Definition!.Pipelines[0].ObjectTypes));
    }
}
