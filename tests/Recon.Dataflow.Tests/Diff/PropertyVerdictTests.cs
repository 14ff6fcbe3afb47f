using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Web;


namespace Recon.Dataflow.Tests.Diff;

/// <summary>What is decided about one property of a matched record, and what of it is staged.</summary>
public sealed class PropertyVerdictTests
{
    [Theory]
    //          policy                     onNull              legacy   hubspot  kind                       rule            staged
    [InlineData(UpdatePolicy.Overwrite, NullPolicy.Ignore, "Acme", "Acme", VerdictKind.Same, "text", null)]
    [InlineData(UpdatePolicy.Overwrite, NullPolicy.Ignore, "Acme", "Acme ", VerdictKind.SameByMeaning, "text", null)]
    [InlineData(UpdatePolicy.Overwrite, NullPolicy.Ignore, "Acme", "Other", VerdictKind.Change, "overwrite", "Acme")]
    [InlineData(UpdatePolicy.Overwrite, NullPolicy.Ignore, "Acme", null, VerdictKind.Change, "overwrite", "Acme")]
    [InlineData(UpdatePolicy.Overwrite, NullPolicy.Ignore, "", "Acme", VerdictKind.LegacyEmpty, "an empty legacy value changes nothing", null)]
    [InlineData(UpdatePolicy.Overwrite, NullPolicy.Ignore, "", null, VerdictKind.Same, "both empty", null)]
    [InlineData(UpdatePolicy.Overwrite, NullPolicy.Clear, "", "Acme", VerdictKind.Change, "overwrite", "")]
    [InlineData(UpdatePolicy.Overwrite, NullPolicy.Clear, "", null, VerdictKind.Same, "both empty", null)]
    [InlineData(UpdatePolicy.FillBlank, NullPolicy.Ignore, "Acme", "Acme", VerdictKind.Same, "text", null)]
    [InlineData(UpdatePolicy.FillBlank, NullPolicy.Ignore, "Acme", "Acme ", VerdictKind.SameByMeaning, "text", null)]
    [InlineData(UpdatePolicy.FillBlank, NullPolicy.Ignore, "Acme", "Other", VerdictKind.KeptBack, "fill-blank", null)]
    [InlineData(UpdatePolicy.FillBlank, NullPolicy.Ignore, "Acme", null, VerdictKind.Change, "fill-blank", "Acme")]
    [InlineData(UpdatePolicy.FillBlank, NullPolicy.Ignore, "", "Acme", VerdictKind.LegacyEmpty, "an empty legacy value changes nothing", null)]
    [InlineData(UpdatePolicy.FillBlank, NullPolicy.Clear, "", "Acme", VerdictKind.KeptBack, "fill-blank", null)]
    [InlineData(UpdatePolicy.CompareOnly, NullPolicy.Ignore, "Acme", "Acme", VerdictKind.Same, "text", null)]
    [InlineData(UpdatePolicy.CompareOnly, NullPolicy.Ignore, "Acme", "Other", VerdictKind.KeptBack, "compare-only", null)]
    [InlineData(UpdatePolicy.CompareOnly, NullPolicy.Ignore, "Acme", null, VerdictKind.KeptBack, "compare-only", null)]
    [InlineData(UpdatePolicy.CompareOnly, NullPolicy.Clear, "", "Acme", VerdictKind.KeptBack, "compare-only", null)]
    public void Diff_PolicyAndValues_DecideWhatIsStaged(
        object policy, object onNull, string legacy, string? hubspot, VerdictKind kind, string rule, string? staged)
    {
        DiffOutcome outcome = Diffing.One(Diffing.Property() with { Policy = (UpdatePolicy)policy, OnNull = (NullPolicy)onNull }, legacy, hubspot);

        Assert.Equal((kind, rule), (outcome.Verdict.Kind, outcome.Verdict.Rule));
        Assert.Equal(staged is null ? "{}" : $$"""{"name":"{{staged}}"}""", outcome.Row!.Updates);
        Assert.Equal(
            staged is null ? "{}" : hubspot is null ? """{"name":null}""" : $$"""{"name":"{{hubspot}}"}""", outcome.Row.Previous);
        Assert.Equal(staged is null ? 0 : 1, outcome.Counts.WithChanges);
        Assert.Equal(staged is null ? [] : new Dictionary<string, long> { ["name"] = 1 }, outcome.Counts.PropertyChanges);
        Assert.Equal(
            kind == VerdictKind.KeptBack ? new Dictionary<string, long> { [$"name/{rule}"] = 1 } : [], outcome.Counts.KeptBack);
    }

    [Theory]
    [InlineData("2024-05-01T10:00:00Z", "2024-05-01T09:59:59Z", true)]
    [InlineData("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z", false)]
    [InlineData("2024-05-01T10:00:00Z", "2024-05-01T10:00:00.001Z", false)]
    [InlineData("2024-05-01 12:00:01", "2024-05-01T10:00:00Z", true)] // local time of Paris
    [InlineData("2024-05-02", "2024-05-01", true)]
    [InlineData("", "2024-05-01T10:00:00Z", false)]
    [InlineData("2024-05-01T10:00:00Z", "", false)]
    [InlineData("27:31.0", "2024-05-01T10:00:00Z", false)]
    [InlineData("2024-05-01T10:00:00Z", "yesterday", false)]
    [InlineData("2024-07-01T07:30:01Z", "1719819000000", true)] // 07:30:00 in epoch milliseconds
    [InlineData("2024-07-01T07:30:00Z", "1719819000000", false)]
    [InlineData("2024-07-01T07:30:01Z", "1719819000", false)] // seconds: not what HubSpot writes
    [InlineData("2024-07-01T07:30:01Z", "2024-07-01 07:30:00", true)]
    [InlineData("2024-07-01T07:29:59Z", "2024-07-01 07:30:00", false)]
    [InlineData("2024-07-01T07:30:01Z", "2024-07-01T07:30:00+00:00", true)]
    [InlineData("2024-07-01T07:30:01Z", "2024-07-01 09:30:00+02", true)]
    [InlineData("2024-07-01T07:30:01Z", "2024-07-01 07:30:00.123456+00", true)]
    [InlineData("2024-07-01T07:30:00Z", "2024-07-01T07:30:00.123456Z", false)]
    public void Diff_PolicyNewest_StagesOnlyWhenTheLegacyTimeIsKnownToBeLater(string legacyTime, string hubspotTime, bool staged)
    {
        DiffBlockDefinition diff = new() { LegacyUpdated = "Updated", HubspotUpdated = "updated_at" };

        DiffOutcome outcome = Diffing.One(
            Diffing.Property() with { Policy = UpdatePolicy.Newest },
            "Acme",
            "Other",
            diff,
            new Dictionary<string, string> { ["Updated"] = legacyTime },
            new Dictionary<string, string> { ["updated_at"] = hubspotTime });

        Assert.Equal(staged ? (VerdictKind.Change, "newest") : (VerdictKind.KeptBack, "newest"), (outcome.Verdict.Kind, outcome.Verdict.Rule));
        Assert.Equal(staged ? """{"name":"Acme"}""" : "{}", outcome.Row!.Updates);
    }

    [Fact]
    public void Diff_EqualByMeaning_CountsTheComparisonThatSaidSo()
    {
        DiffOutcome outcome = Diffing.One(
            Diffing.Property() with { Convert = [new IntegerDefinition()] }, "1017", "1017.0");

        Assert.Equal(VerdictKind.SameByMeaning, outcome.Verdict.Kind);
        Assert.Equal(new Dictionary<string, long> { ["number"] = 1 }, outcome.Counts.Suppressed);
    }

    [Fact]
    public void Diff_ConversionMakesHubspotsText_CountsASuppressedDifference()
    {
        DiffOutcome outcome = Diffing.One(Diffing.Property() with { Convert = [new EmailDefinition()] }, "A@B.FR", "a@b.fr");

        Assert.Equal(VerdictKind.Same, outcome.Verdict.Kind);
        Assert.Equal(new Dictionary<string, long> { ["email"] = 1 }, outcome.Counts.Suppressed);
    }

    [Fact]
    public void Diff_SameRawText_CountsNoSuppressedDifference()
    {
        DiffOutcome outcome = Diffing.One(Diffing.Property() with { Convert = [new EmailDefinition()] }, "a@b.fr", "a@b.fr");

        Assert.Empty(outcome.Counts.Suppressed);
    }

    [Theory]
    [InlineData("", "Acme", null)]
    [InlineData("", null, "none")]
    [InlineData("x", null, "x")]
    public void Diff_Default_StandsInForAnEmptyValueUnderTheSamePolicy(string legacy, string? hubspot, string? staged)
    {
        DiffOutcome outcome = Diffing.One(
            Diffing.Property() with { Default = "none", Policy = UpdatePolicy.FillBlank }, legacy, hubspot);

        Assert.Equal(staged is null ? "{}" : $$"""{"name":"{{staged}}"}""", outcome.Row!.Updates);
    }

    [Fact]
    public void Diff_ConversionThatFindsABlank_TakesTheDefault()
    {
        MapDefinition map = new() { Values = new Dictionary<string, string> { ["unknown"] = "" } };

        DiffOutcome outcome = Diffing.One(Diffing.Property() with { Convert = [map], Default = "OTHER" }, "unknown", "X");

        Assert.Equal("""{"name":"OTHER"}""", outcome.Row!.Updates);
    }

    [Fact]
    public void Diff_RequiredValueMissing_IsCountedAndNotedAndChangesNothing()
    {
        DiffOutcome outcome = Diffing.One(Diffing.Property() with { Required = true }, "", "Acme");

        Assert.Equal("{}", outcome.Row!.Updates);
        Assert.Equal("name: required-missing", outcome.Row.Notes);
        Assert.Equal(1, outcome.Counts.RejectedValues[new("name", "Name", ValueRejectReasons.RequiredMissing, null)]);
        Assert.Equal(1, outcome.Counts.Matched);
    }

    [Theory]
    [InlineData("call", VerdictKind.Change)]
    [InlineData("note", VerdictKind.NotApplicable)]
    [InlineData("", VerdictKind.NotApplicable)]
    public void Diff_When_LimitsThePropertyToItsRecords(string type, VerdictKind kind)
    {
        DiffOutcome outcome = Diffing.One(
            Diffing.Property() with { When = new ConditionDefinition { Column = "Type", EqualTo = "call" } },
            "Acme",
            "Other",
            more: new Dictionary<string, string> { ["Type"] = type });

        Assert.Equal(kind, outcome.Verdict.Kind);
        Assert.Equal(kind == VerdictKind.Change ? """{"name":"Acme"}""" : "{}", outcome.Row!.Updates);
    }

    [Fact]
    public void Diff_WhenTestsAColumnThatTheFileLacks_NeverHolds()
    {
        PropertyDefinition property = Diffing.Property() with
        {
            When = new ConditionDefinition { Column = "Type", IsNull = true, Optional = true },
        };
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([property]), absentSource: ["type"]);
        using RecordBatch batch = Diffing.Batch(plan, new Dictionary<string, string> { ["Id"] = "1", ["Name"] = "Acme" });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["name"] = "Other" })), [0]));

        Assert.Equal("{}", Diffing.Run(plan, batch).Single().Updates);
    }

    [Theory]
    [InlineData(255, 300, VerdictKind.KeptBack, "truncated")]
    [InlineData(254, 300, VerdictKind.Change, "overwrite")]
    [InlineData(255, 255, VerdictKind.Same, "text")]
    public void Diff_NoteCutByTheExport_NeverReplacesTheLongerOne(int legacy, int hubspot, VerdictKind kind, string rule)
    {
        string note = string.Concat(Enumerable.Range(0, 300).Select(at => (char)('a' + (at % 26))));

        DiffOutcome outcome = Diffing.One(Diffing.Property(), note[..legacy], note[..hubspot]);

        Assert.Equal((kind, rule), (outcome.Verdict.Kind, outcome.Verdict.Rule));
    }

    [Fact]
    public void Diff_NoteCutInTheMiddleOfASpace_NeverReplacesTheLongerOne()
    {
        // The reader trims: of the 255 characters that the export kept, 253 are left.
        string cut = new('a', 253);

        DiffOutcome outcome = Diffing.One(Diffing.Property(), cut, cut + " \n and the rest of it");

        Assert.Equal((VerdictKind.KeptBack, "truncated"), (outcome.Verdict.Kind, outcome.Verdict.Rule));
    }
}
