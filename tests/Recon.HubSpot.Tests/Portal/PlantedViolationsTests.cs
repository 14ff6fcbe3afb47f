using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.HubSpot.Portal;

namespace Recon.HubSpot.Tests.Portal;

/// <summary>Twenty-four violations planted in a definition, its file and an account are found, and nothing else; without them there is none.</summary>
public sealed class PlantedViolationsTests : IDisposable
{
    private const string Csv = "Id,Type,Name,Code,Phone,Seats,Day,Note,Kind,Tags,Stage,Reason,Text,Rate\n"
        + "1,Call,Acme,A1,0612345678,4,2024-01-31,short,Client,a,Won,,free,1.5\n"
        + "2,Call,Serre,A2,0612345679,5,2024-02-29,short,Client,b,Won,,free,2\n"
        + "3,Task,Verre,A3,0612345680,6,2024-03-01,short,Client,a,Won,,free,3\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("recon-portal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Portal_ThatTakesEverything_GivesNoFinding() => Assert.Empty(await FindAsync(Definition, Csv, Clean));

    public static TheoryData<string, string> Planted => new()
    {
        { "unknown property", "Property calls.hs_call_titel" },
        { "unknown property of another type", "Property tasks.hs_task_subject" },
        { "archived", "ReadOnly calls.hs_call_body" },
        { "read-only", "ReadOnly calls.code" },
        { "calculated", "ReadOnly calls.seats" },
        { "unknown type", "Type tasks." },
        { "map target", "Option calls.kind" },
        { "map target of a list", "Option calls.tags" },
        { "value by object type", "Option calls.stage" },
        { "constant", "Option calls.source" },
        { "default", "Option calls.reason" },
        { "number expected", "Kind calls.text" },
        { "date expected", "Kind calls.day" },
        { "truth value expected", "Kind calls.text" },
        { "list into one option", "Kind calls.tags" },
        { "required is cleared", "Required calls.hs_call_title" },
        { "conditionally required is cleared", "Conditional calls.reason" },
        { "conditionally required is not set", "Conditional calls.elsewhere" },
        { "unique constant", "Unique calls.source" },
        { "cut too late", "Length calls.note" },
        { "text over 65,536 characters", "Length calls.source" },
        { "rule of a record's value", "Rule calls.seats (1 from line 3)" },
        { "length of a record's value", "Length calls.text (2 from line 2)" },
        { "unique value given twice", "Unique calls.code (1 from line 3)" },
    };

    [Theory]
    [MemberData(nameof(Planted))]
    public async Task Portal_OnePlantedViolation_IsFoundAndNoOther(string what, string expected)
        => Assert.Equal([expected], await FindAsync(Plant(Definition, what), what == "unique value given twice" ? Csv.Replace("A2", "A1", StringComparison.Ordinal) : Csv, Plant(Clean, what)));

    private static string Definition => """
        {
          "pipelines": [{
            "name": "talks",
            "object": { "from": "Type", "map": { "Call": "calls", "Task": "tasks" }, "properties": {
              "calls": { "name": "hs_call_title", "note": "note", "stage": { "name": "stage", "values": { "Won": "WON", "Lost": "LOST" } }, "body": "hs_call_body" },
              "tasks": { "name": "hs_task_subject", "note": null, "body": null, "stage": null, "kind": null, "tags": null, "source": null, "reason": null, "text": null, "day": null, "seats": null, "code": null, "rate": null } } },
            "blocks": [
              { "kind": "csv", "path": "talks.csv", "id": "Id" },
              { "kind": "batch" },
              { "kind": "lookup", "name": "match", "table": "hubspot.engagements", "key": "legacy_id" },
              { "kind": "diff", "properties": [
                { "property": "name", "column": "Name" },
                { "property": "body", "column": "Note" },
                { "property": "code", "column": "Code" },
                { "property": "seats", "column": "Seats", "convert": ["integer"] },
                { "property": "rate", "column": "Rate", "convert": ["number"], "policy": "compare-only" },
                { "property": "day", "column": "Day", "convert": ["date"] },
                { "property": "note", "column": "Note", "convert": [{ "kind": "truncate", "length": 100 }] },
                { "property": "kind", "column": "Kind", "convert": [{ "kind": "map", "values": { "Client": "customer" } }] },
                { "property": "tags", "column": "Tags", "convert": [{ "kind": "multi-select", "values": { "a": "A", "b": "B" } }] },
                { "property": "stage", "column": "Stage", "convert": [{ "kind": "map", "values": { "Won": "Won", "Lost": "Lost" } }] },
                { "property": "reason", "column": "Reason", "convert": [{ "kind": "map", "values": { "Price": "price" } }], "default": "other" },
                { "property": "source", "constant": "legacy" },
                { "property": "text", "column": "Text" }
              ] },
              { "kind": "stage", "table": "talks_reconciliation", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
            ]
          }]
        }
        """;

    private static PortalFile Clean => new()
    {
        Format = PortalFile.CurrentFormat,
        Portal = 7,
        Objects = new Dictionary<string, PortalObject>
        {
            ["calls"] = new()
            {
                Properties =
                [
                    new PortalProperty("hs_call_title", "string", "text"),
                    new PortalProperty("hs_call_body", "string", "html"),
                    new PortalProperty("code", "string", "text") { Unique = true },
                    new PortalProperty("seats", "number", "number"),
                    new PortalProperty("day", "datetime", "date"),
                    new PortalProperty("note", "string", "textarea"),
                    new PortalProperty("kind", "enumeration", "select") { Options = [new("customer", "Customer"), new("supplier", "Supplier")] },
                    new PortalProperty("tags", "enumeration", "checkbox") { Options = [new("A", "A"), new("B", "B")] },
                    new PortalProperty("stage", "enumeration", "select") { Options = [new("WON", "Won"), new("LOST", "Lost")] },
                    new PortalProperty("reason", "enumeration", "radio") { Options = [new("price", "Price"), new("other", "Other")] },
                    new PortalProperty("source", "enumeration", "select") { Options = [new("legacy", "Legacy")] },
                    new PortalProperty("text", "string", "text"),
                ],
                Rules = new PortalRules
                {
                    Required = ["hs_call_title"],
                    Conditional = [new ConditionalRule("stage", ["LOST"], ["reason"]), new ConditionalRule("stage", ["ABANDONED"], ["elsewhere"])],
                    Values = [new ValueRule("note", "MAX_LENGTH", ["100"]), new ValueRule("seats", "MAX_NUMBER", ["6"]), new ValueRule("text", "MAX_LENGTH", ["4"])],
                },
            },
            ["tasks"] = new() { Properties = [new PortalProperty("hs_task_subject", "string", "text")] },
        },
    };

    private static string Plant(string definition, string what) => what switch
    {
        "unknown property" => definition.Replace("\"name\": \"hs_call_title\"", "\"name\": \"hs_call_titel\"", StringComparison.Ordinal),
        "map target" => definition.Replace("\"Client\": \"customer\"", "\"Client\": \"customer\", \"Fournisseur\": \"suplier\"", StringComparison.Ordinal),
        "map target of a list" => definition.Replace("\"b\": \"B\"", "\"b\": \"C\"", StringComparison.Ordinal),
        "value by object type" => definition.Replace("\"Lost\": \"LOST\"", "\"Lost\": \"Lost\"", StringComparison.Ordinal),
        "constant" => definition.Replace("\"constant\": \"legacy\"", "\"constant\": \"Legacy\"", StringComparison.Ordinal),
        "text over 65,536 characters" => definition.Replace("\"constant\": \"legacy\"", $"\"constant\": \"{new string('x', 65_537)}\"", StringComparison.Ordinal),
        "default" => definition.Replace("\"default\": \"other\"", "\"default\": \"others\"", StringComparison.Ordinal),
        "required is cleared" => definition.Replace("\"property\": \"name\",", "\"property\": \"name\", \"onNull\": \"clear\",", StringComparison.Ordinal),
        "conditionally required is cleared" => definition.Replace("\"default\": \"other\"", "\"onNull\": \"clear\"", StringComparison.Ordinal),
        "cut too late" => definition.Replace("\"length\": 100", "\"length\": 200", StringComparison.Ordinal),
        _ => definition,
    };

    private static PortalFile Plant(PortalFile clean, string what) => what switch
    {
        "unknown property of another type" => With(clean, "tasks", _ => null),
        "unknown type" => clean with { Objects = clean.Objects.Where(pair => pair.Key != "tasks").ToDictionary() },
        "archived" => With(clean, "calls", each => each.Name == "hs_call_body" ? each with { Archived = true } : each),
        "read-only" => With(clean, "calls", each => each.Name == "code" ? each with { ReadOnly = true } : each),
        "calculated" => With(clean, "calls", each => each.Name == "seats" ? each with { Calculated = true } : each),
        "number expected" => With(WithRules(clean, rules => rules with { Values = [] }), "calls", each => each.Name == "text" ? new PortalProperty("text", "number", "number") : each),
        "truth value expected" => With(WithRules(clean, rules => rules with { Values = [] }), "calls", each => each.Name == "text" ? new PortalProperty("text", "bool", "booleancheckbox") : each),
        "date expected" => With(clean, "calls", each => each.Name == "day" ? new PortalProperty("day", "number", "number") : each),
        "list into one option" => With(clean, "calls", each => each.Name == "tags" ? each with { FieldType = "select" } : each),
        "conditionally required is not set" => WithRules(clean, rules => rules with { Conditional = [.. rules.Conditional, new ConditionalRule("stage", ["LOST"], ["elsewhere"])] }),
        "unique constant" => With(clean, "calls", each => each.Name == "source" ? each with { Unique = true } : each),
        "text over 65,536 characters" => With(clean, "calls", each => each.Name == "source" ? new PortalProperty("source", "string", "text") : each),
        "rule of a record's value" => WithRules(clean, rules => rules with { Values = [new ValueRule("seats", "MAX_NUMBER", ["4"])] }),
        "length of a record's value" => WithRules(clean, rules => rules with { Values = [new ValueRule("text", "MAX_LENGTH", ["3"])] }),
        _ => clean,
    };

    private static PortalFile With(PortalFile file, string type, Func<PortalProperty, PortalProperty?> change) => file with
    {
        Objects = file.Objects.ToDictionary(
            pair => pair.Key,
            pair => pair.Key == type ? pair.Value with { Properties = [.. pair.Value.Properties.Select(change).OfType<PortalProperty>()] } : pair.Value),
    };

    private static PortalFile WithRules(PortalFile file, Func<PortalRules, PortalRules> change) => file with
    {
        Objects = file.Objects.ToDictionary(pair => pair.Key, pair => pair.Key == "calls" ? pair.Value with { Rules = change(pair.Value.Rules) } : pair.Value),
    };

    private async Task<string[]> FindAsync(string definition, string csv, PortalFile file)
    {
        string path = Path.Combine(_folder, "pipeline.json");
        await File.WriteAllTextAsync(path, definition, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "talks.csv"), csv, TestContext.Current.CancellationToken);
        DefinitionReading reading = DefinitionReader.Read(path);
        Assert.True(reading.Definition is not null, string.Join('\n', reading.Problems));
        ValidDefinition valid = reading.Definition;
        var context = new ConversionContext(valid.Defaults, reading.BaseDirectory, valid.AllowPathsOutside);
        var portal = new PortalCheck(file);
        ValidPipeline pipeline = Assert.Single(valid.Pipelines);
        DefinitionViolation[] violations = [.. DefinitionPortalCheck.Of(pipeline, portal, context)];
        IEnumerable<string> byRecords = (await new RecordPortalCheck(pipeline, portal, violations).CheckAsync(valid.Defaults, context, objects: null, 1_000, TestContext.Current.CancellationToken))
            .Select(found => $"{Say(found.Violation)} ({found.Records} from line {found.FirstLine})");
        return [.. violations.Select(found => Say(found.Violation)), .. byRecords];
    }

    private static string Say(PortalViolation violation) => $"{violation.Kind} {violation.Type}.{violation.Property}";
}
