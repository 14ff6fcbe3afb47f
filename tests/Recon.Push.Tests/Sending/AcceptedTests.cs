using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;
using Recon.Push.Meaning;
using Recon.Push.Sending;
using Recon.Push.Tests.Support;

namespace Recon.Push.Tests.Sending;

/// <summary>HubSpot says that it has taken something; what it says that it holds now decides.</summary>
public sealed class AcceptedTests
{
    [Fact]
    public void Accepted_WithTheOldValues_IsRefused()
    {
        ItemVerdict verdict = Forward().Accepted(Shipment(), Answer(PushWorld.Id(1), ("name", "Old 1"), ("phone", "01 42 68 00 00")));

        Assert.Equal((PushState.Refused, "NOT_KEPT", "name"), (verdict.State, verdict.Code, verdict.Property));
    }

    [Fact]
    public void Accepted_WithOneOldValue_IsWrittenAndSaysWhichIsNot()
    {
        ItemVerdict verdict = Forward().Accepted(Shipment(), Answer(PushWorld.Id(1), ("name", "Old 1"), ("phone", "01 42 68 53 00")));

        Assert.Equal((PushState.Written, "NOT_KEPT", "name"), (verdict.State, verdict.Code, verdict.Property));
        Assert.Equal("HubSpot still holds what was there before in name; HubSpot writes phone in another way than it was sent", verdict.Message);
    }

    [Fact]
    public void Accepted_WithTheNewValues_IsWritten()
    {
        ItemVerdict verdict = Forward().Accepted(Shipment(), Answer(PushWorld.Id(1), ("name", "New 1"), ("phone", "+33142685300")));

        Assert.Equal((PushState.Written, null, null), (verdict.State, verdict.Code, verdict.Message));
    }

    [Fact]
    public void Accepted_ByAnotherRecord_IsMergedAndSaysWhereTheValuesWent()
    {
        ItemVerdict verdict = Forward().Accepted(Shipment(), Answer("1000009", ("name", "New 1")));

        Assert.Equal((PushState.Merged, "1000009"), (verdict.State, verdict.MergedInto));
        Assert.Equal("1000001 was merged into 1000009, and the values went to it", verdict.Message);
    }

    [Fact]
    public void PutBack_InAnotherRecord_IsNotRestored()
    {
        ItemVerdict verdict = new Backward(Judge()).Accepted(Shipment(), Answer("1000009", ("name", "New 1")));

        Assert.Equal((PushState.Kept, "1000009"), (verdict.State, verdict.MergedInto));
    }

    private static Forward Forward() => new(Judge(), null);

    private static Shipment Shipment()
    {
        var values = new Dictionary<string, string> { ["name"] = "New 1", ["phone"] = "+33142685300" };
        return new Shipment(
            new PushItem(1, 1, PushWorld.Item(1), PushState.Sending) { Sent = values, Seen = new Dictionary<string, string?> { ["name"] = "Old 1", ["phone"] = "+33142680000" } },
            values);
    }

    private static InputVerdict.Accepted Answer(string id, params (string Property, string? Value)[] values)
        => new(id, values.ToDictionary(value => value.Property, value => value.Value));

    private static RecordJudge Judge()
    {
        DefinitionReading reading = DefinitionReader.Parse(
            Encoding.UTF8.GetBytes("""
                { "pipelines": [{ "name": "companies", "blocks": [
                  { "kind": "csv", "path": "c.csv", "id": "Id" },
                  { "kind": "batch" },
                  { "kind": "lookup", "name": "match", "table": "hubspot.companies", "key": "legacy_id" },
                  { "kind": "diff", "properties": [
                    { "property": "name", "column": "Name" },
                    { "property": "phone", "column": "Phone", "convert": ["phone"], "compare": "phone" }
                  ] },
                  { "kind": "stage", "table": "companies_reconciliation", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
                ] }] }
                """),
            "pipeline.json");
        Assert.Empty(reading.Problems);
        return new RecordJudge(LiveValues.Of(reading.Definition!.Pipelines[0], new ConversionContext(reading.Definition.Defaults, ".", false)));
    }
}
