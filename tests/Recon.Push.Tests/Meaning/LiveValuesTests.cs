using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Push.Meaning;

namespace Recon.Push.Tests.Meaning;

public sealed class LiveValuesTests
{
    private static readonly LiveValues s_values = Compile();

    [Theory]
    [InlineData("calls", "hs_call_title", "Rückruf", "Ru\u0308ckruf", true)] // one text, composed in two ways
    [InlineData("calls", "hs_call_title", "Call back", "call back", false)]
    [InlineData("calls", "hs_timestamp", "2026-03-01T10:00:00Z", "1772359200000", true)]
    [InlineData("calls", "hs_timestamp", "2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z", false)]
    [InlineData("notes", "hs_timestamp", "2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00Z", true)]
    [InlineData("calls", "hs_call_status", "Complete", "COMPLETED", true)] // the mirror's word and HubSpot's
    [InlineData("calls", "hs_call_status", "COMPLETED", "COMPLETED", true)]
    [InlineData("calls", "hs_call_status", "Canceled", "COMPLETED", false)]
    [InlineData("calls", "duration", "17.0", "17", true)]
    [InlineData("calls", "duration", "", "0", false)]
    [InlineData("calls", "duration", null, "", true)]
    [InlineData("calls", "nobody_knows_it", "a", "A", false)]
    public void Values_OfAProperty_AreComparedAsTheDefinitionSays(string type, string property, string? left, string? right, bool same)
    {
        Assert.Equal(same, s_values.AreSame(type, property, left, right, new Utf8Scratch()));
        Assert.Equal(same, s_values.AreSame(type, property, right, left, new Utf8Scratch()));
    }

    private static LiveValues Compile()
    {
        DefinitionReading reading = DefinitionReader.Parse(
            Encoding.UTF8.GetBytes("""
                { "pipelines": [{
                  "name": "communications",
                  "object": {
                    "from": "Type",
                    "map": { "Call": "calls", "Note": "notes" },
                    "properties": { "calls": {
                      "subject": "hs_call_title",
                      "status": { "name": "hs_call_status", "values": { "Complete": "COMPLETED", "Canceled": "CANCELED" } }
                    }, "notes": { "subject": null } }
                  },
                  "blocks": [
                    { "kind": "csv", "path": "c.csv", "id": "Id" },
                    { "kind": "batch" },
                    { "kind": "lookup", "name": "match", "table": "hubspot.engagements", "key": "legacy_id" },
                    { "kind": "diff", "properties": [
                      { "property": "subject", "column": "Subject" },
                      { "property": "status", "column": "Status", "compare": "enumeration" },
                      { "property": "hs_timestamp", "column": "At", "convert": ["datetime"], "compare": "datetime" },
                      { "property": "duration", "column": "Duration", "convert": ["number"], "compare": "number" }
                    ] },
                    { "kind": "stage", "table": "communications_reconciliation", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
                  ] }] }
                """),
            "pipeline.json");
        Assert.Empty(reading.Problems);
        return LiveValues.Of(reading.Definition!.Pipelines[0], new ConversionContext(reading.Definition.Defaults, ".", false));
    }
}
