using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Postgres.Push;
using Recon.Push.Planning;

namespace Recon.Push.Tests.Planning;

/// <summary>What the mirror calls a property and its values becomes what HubSpot's object calls them; what has no name there is counted, never guessed.</summary>
public sealed class ItemTranslatorTests
{
    private static readonly ObjectDefinition s_told = new()
    {
        From = "Comm_Type",
        Map = new Dictionary<string, string> { ["Call"] = "calls", ["Note"] = "notes" },
        Properties = new Dictionary<string, IReadOnlyDictionary<string, ObjectPropertyDefinition?>>
        {
            ["calls"] = new Dictionary<string, ObjectPropertyDefinition?>
            {
                ["subject"] = new() { Name = "hs_call_title" },
                ["type"] = null,
                ["status"] = new() { Name = "hs_call_status", Values = new Dictionary<string, string> { ["Pending"] = "QUEUED", ["Planned"] = "QUEUED", ["Complete"] = "COMPLETED" } },
            },
        },
    };

    [Fact]
    public void Change_OfATypeWithNames_HasThemAndTheirValues()
    {
        ItemTranslator translator = Translator();
        PlannedItem item = translator.Translate(Record("calls", ("subject", "Old", "New"), ("status", "Pending", "Complete"), ("hs_timestamp", null, "1")))!;

        Assert.Equal(("calls", 7L, "1"), (item.ObjectType, item.HubspotId, item.LegacyId));
        Assert.Equal([("hs_call_status", "COMPLETED"), ("hs_call_title", "New"), ("hs_timestamp", "1")], Pairs(item.Properties!));
        Assert.Equal([("hs_call_status", "QUEUED"), ("hs_call_title", "Old"), ("hs_timestamp", null)], Pairs(item.Before));
    }

    [Fact]
    public void Value_WithoutMapping_IsLeftOutAndCounted()
    {
        ItemTranslator translator = Translator();
        PlannedItem item = translator.Translate(Record("calls", ("status", "Pending", "Strange"), ("subject", "a", "b")))!;

        Assert.Equal(["hs_call_title"], item.Properties.Keys);
        Assert.Equal(1, translator.LeftOut.Unmapped["status"]);
    }

    [Fact]
    public void Value_BeforeWithoutMapping_StaysAsItIs()
        => Assert.Equal("COMPLETED?", Translator().Translate(Record("calls", ("status", "COMPLETED?", "Complete")))!.Before["hs_call_status"]);

    [Fact]
    public void Value_ToBeCleared_NeedsNoMapping()
        => Assert.Equal("", Translator().Translate(Record("calls", ("status", "Complete", "")))!.Properties["hs_call_status"]);

    [Fact]
    public void Change_ThatIsNoneInHubspotsWords_IsLeftOutAndCounted()
    {
        ItemTranslator translator = Translator();

        Assert.Null(translator.Translate(Record("calls", ("status", "Pending", "Planned"), ("type", null, "b"))));
        Assert.Equal((1, 1, 1), (translator.LeftOut.Unchanged["status"], translator.LeftOut.NotSent["type"], translator.LeftOut.Empty));
    }

    [Fact]
    public void Record_ThatTheMirrorHasAsAnotherType_IsLeftOutAndCounted()
    {
        ItemTranslator translator = Translator();

        Assert.Null(translator.Translate(Record("calls", ("subject", "a", "b"), ("type", "EMAIL", "CALL"))));
        Assert.NotNull(translator.Translate(Record("calls", ("subject", "a", "b"), ("type", null, "CALL"))));
        Assert.Equal(1, translator.LeftOut.OtherType);
    }

    [Fact]
    public void Record_OfAnUnmappedType_IsLeftOutAndCounted()
    {
        ItemTranslator translator = Translator();

        Assert.Null(translator.Translate(Record(null, ("subject", "a", "b"))));
        Assert.Equal((1, 0), (translator.LeftOut.Untyped, translator.LeftOut.Empty));
    }

    [Fact]
    public void Record_OfATypeWithoutNames_KeepsTheMirrors()
        => Assert.Equal([("subject", "b")], Pairs(Translator().Translate(Record("notes", ("subject", "a", "b")))!.Properties!));

    [Fact]
    public void Pipeline_OfOneType_NeedsNoColumn()
    {
        var translator = new ItemTranslator("companies", "companies", null, []);

        Assert.Equal("companies", translator.Translate(Record(null, ("name", null, "b")))!.ObjectType);
    }

    private static ItemTranslator Translator() => new("communications", null, s_told, ["type"]);

    private static ReconciledRecord Record(string? type, params (string Name, string? Old, string New)[] changes) => new(
        "1",
        7,
        changes.ToDictionary(change => change.Name, change => change.New),
        changes.ToDictionary(change => change.Name, change => change.Old),
        100,
        "matched")
    {
        ObjectType = type,
    };

    private static (string, T)[] Pairs<T>(IReadOnlyDictionary<string, T> values)
        => [.. values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];
}
