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
    [InlineData("calls", "hs_call_status", "Complete", "COMPLETED", false)] // plans have HubSpot's words, and never the mirror's
    [InlineData("calls", "hs_call_status", "COMPLETED", "COMPLETED", true)]
    [InlineData("calls", "hs_call_status", "Canceled", "COMPLETED", false)]
    [InlineData("calls", "duration", "17.0", "17", true)]
    [InlineData("calls", "duration", "", "0", false)]
    [InlineData("calls", "duration", null, "", true)]
    [InlineData("calls", "nobody_knows_it", "a", "A", false)]
    public void Values_OfAProperty_AreComparedAsTheDefinitionSays(string type, string property, string? left, string? right, bool same)
    {
        Assert.Equal(same, s_values.AreSame(type, property, left, right, isSent: false, new Utf8Scratch()));
        Assert.Equal(same, s_values.AreSame(type, property, right, left, isSent: false, new Utf8Scratch()));
        Assert.Equal(same, s_values.AreSame(type, property, left, right, isSent: true, new Utf8Scratch()));
    }

    [Theory]
    [InlineData("MEDIUM", "HIGH")] // MEDIUM of the mirror is HIGH in HubSpot, and MEDIUM of HubSpot is not
    [InlineData("LOW", "MEDIUM")]
    public void Value_ThatIsAnotherOnesNameInTheMirror_IsWhatHubspotMeansByIt(string live, string before)
        => Assert.False(s_values.AreSame("calls", "hs_call_priority", live, before, isSent: false, new Utf8Scratch()));

    [Fact]
    public void Value_ConvertedLikeAnotherOne_IsTheOtherOneOnlyWhereThatIsSent()
    {
        Assert.True(s_values.AreSame("calls", "level", "one", "two", isSent: true, new Utf8Scratch()));
        Assert.False(s_values.AreSame("calls", "level", "one", "two", isSent: false, new Utf8Scratch()));
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
                      "status": { "name": "hs_call_status", "values": { "Complete": "COMPLETED", "Canceled": "CANCELED" } },
                      "priority": { "name": "hs_call_priority", "values": { "LOW": "MEDIUM", "MEDIUM": "HIGH" } }
                    }, "notes": { "subject": null } }
                  },
                  "blocks": [
                    { "kind": "csv", "path": "c.csv", "id": "Id" },
                    { "kind": "batch" },
                    { "kind": "lookup", "name": "match", "table": "hubspot.engagements", "key": "legacy_id" },
                    { "kind": "diff", "properties": [
                      { "property": "subject", "column": "Subject" },
                      { "property": "status", "column": "Status", "compare": "enumeration" },
                      { "property": "priority", "column": "Priority", "compare": "enumeration" },
                      { "property": "level", "column": "Level", "mirror": { "convert": [{ "kind": "map", "values": { "one": "two", "two": "three" } }] } },
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
