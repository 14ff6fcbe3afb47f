using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Tests.Diff;

/// <summary>Values of the mirror that are spelled otherwise than the legacy value, and what is staged then.</summary>
public sealed class MirrorValueTests
{
    private static readonly PropertyDefinition s_number = Diffing.Property() with { Convert = [new NumberDefinition()] };
    private static readonly PropertyDefinition s_day = Diffing.Property() with { Convert = [new DateDefinition()] };
    private static readonly PropertyDefinition s_phone = Diffing.Property() with
    {
        Convert =
        [
            new PhoneDefinition
            {
                RegionFrom = "Country",
                Regions = new Dictionary<string, string> { ["Royaume-Uni"] = "GB", ["Allemagne"] = "DE" },
            },
        ],
    };

    private static readonly PropertyDefinition s_time = Diffing.Property() with { Convert = [new DatetimeDefinition()] };

    [Theory]
    [InlineData("2024-10-27 02:30:00", "2024-10-27T00:30:00Z", VerdictKind.Same)]
    [InlineData("2024-10-27 02:30:00", "2024-10-27T01:30:00Z", VerdictKind.SameByMeaning)]
    [InlineData("2024-10-27 02:30:00", "1729992600000", VerdictKind.SameByMeaning)]
    [InlineData("2024-10-27 02:30:00", "2024-10-27T02:30:00Z", VerdictKind.Change)]
    [InlineData("2024-10-27 02:30:00", "2024-10-27T01:31:00Z", VerdictKind.Change)]
    [InlineData("2024-10-27 02:30:00+02:00", "2024-10-27T01:30:00Z", VerdictKind.Change)] // not ambiguous: it has an offset
    [InlineData("2024-10-26 02:30:00", "2024-10-26T01:30:00Z", VerdictKind.Change)]
    public void Diff_LocalTimeThatOccursTwice_EqualsBothReadings(string legacy, string hubspot, VerdictKind kind)
        => Assert.Equal(kind, Diffing.One(s_time, legacy, hubspot).Verdict.Kind);

    [Fact]
    public void Diff_LocalTimeThatOccursTwice_IsReadInTheZoneOfItsConversion()
    {
        PropertyDefinition newYork = Diffing.Property() with { Convert = [new DatetimeDefinition { Zone = "America/New_York" }] };

        Assert.Equal(VerdictKind.SameByMeaning, Diffing.One(newYork, "2024-11-03 01:30:00", "2024-11-03T06:30:00Z").Verdict.Kind);
        Assert.Equal(VerdictKind.Change, Diffing.One(newYork, "2024-10-27 02:30:00", "2024-10-27T07:30:00Z").Verdict.Kind);
    }

    [Theory]
    [InlineData("149", "$149.00", VerdictKind.SameByMeaning, "number", null)]
    [InlineData("150", "$149.00", VerdictKind.Change, "overwrite", """{"name":"150"}""")]
    [InlineData("1234", "1,234", VerdictKind.KeptBack, "unreadable", null)]
    [InlineData("1234", "1.234 €", VerdictKind.KeptBack, "unreadable", null)]
    [InlineData("1234", "a lot", VerdictKind.KeptBack, "unreadable", null)]
    public void Diff_Number_IsReadAsMirrorsWriteIt(string legacy, string hubspot, VerdictKind kind, string rule, string? staged)
    {
        DiffOutcome outcome = Diffing.One(s_number, legacy, hubspot);

        Assert.Equal((kind, rule), (outcome.Verdict.Kind, outcome.Verdict.Rule));
        Assert.Equal(staged ?? "{}", outcome.Row!.Updates);
        Assert.Equal(kind == VerdictKind.KeptBack ? new Dictionary<string, long> { ["name/unreadable"] = 1 } : [], outcome.Counts.KeptBack);
    }

    [Theory]
    [InlineData("1234", "1,234", VerdictKind.Same)]
    [InlineData("1235", "1,234", VerdictKind.Change)]
    [InlineData("1234", "1.234,0", VerdictKind.SameByMeaning)] // not of the culture; its own reading is certain
    [InlineData("1234", "a lot", VerdictKind.KeptBack)]
    public void Diff_MirrorConvert_ReadsHubspotsValue(string legacy, string hubspot, VerdictKind kind)
    {
        PropertyDefinition property = s_number with
        {
            MirrorValues = new PropertyMirrorDefinition { Convert = [new NumberDefinition { Culture = NumberCulture.En }] },
        };

        DiffOutcome outcome = Diffing.One(property, legacy, hubspot);

        Assert.Equal(kind, outcome.Verdict.Kind);
        Assert.Equal(kind == VerdictKind.Change ? $$"""{"name":"{{hubspot}}"}""" : "{}", outcome.Row!.Previous);
    }

    [Theory]
    [InlineData("closedwon", "Gagné", VerdictKind.Same)]
    [InlineData("closedwon", "Perdu", VerdictKind.Change)]
    [InlineData("closedwon", "Oublié", VerdictKind.KeptBack)]
    [InlineData("closedwon", "Aucun", VerdictKind.Change)] // means "no value"
    public void Diff_MirrorConvertByAMap_WithholdsWhatTheMapDoesNotKnow(string legacy, string hubspot, VerdictKind kind)
    {
        MapDefinition map = new() { Values = new Dictionary<string, string> { ["Gagné"] = "closedwon", ["Perdu"] = "closedlost", ["Aucun"] = "" } };
        PropertyDefinition property = Diffing.Property() with
        {
            Compare = new EnumerationComparisonDefinition(),
            MirrorValues = new PropertyMirrorDefinition { Convert = [map] },
        };

        Assert.Equal(kind, Diffing.One(property, legacy, hubspot).Verdict.Kind);
    }

    [Fact]
    public void Diff_FillBlank_AsksWhatHubspotHoldsAndNotWhatIsReadFromIt()
    {
        PropertyDefinition property = Diffing.Property() with
        {
            Policy = UpdatePolicy.FillBlank,
            MirrorValues = new PropertyMirrorDefinition { Convert = [new MapDefinition { Values = new Dictionary<string, string> { ["Aucun"] = "" } }] },
        };

        Assert.Equal((VerdictKind.KeptBack, "fill-blank"), (Diffing.One(property, "closedwon", "Aucun").Verdict.Kind, Diffing.One(property, "closedwon", "Aucun").Verdict.Rule));
        Assert.Equal(VerdictKind.Change, Diffing.One(property, "closedwon", "").Verdict.Kind);
    }

    [Theory]
    [InlineData("epoch-seconds", "1704445200")]
    [InlineData("epoch-milliseconds", "1704445200000")]
    [InlineData("dd/MM/yyyy HH:mm", "05/01/2024 09:00")]
    public void Diff_MirrorConvertOfATime_ReadsItsFormats(string format, string hubspot)
    {
        PropertyDefinition property = s_time with
        {
            MirrorValues = new PropertyMirrorDefinition { Convert = [new DatetimeDefinition { Zone = "UTC", Formats = [format] }] },
        };

        Assert.Equal(VerdictKind.Same, Diffing.One(property, "2024-01-05 10:00:00", hubspot).Verdict.Kind);
    }

    [Fact]
    public void Diff_OnUnreadableStage_OverwritesWhatCannotBeRead()
    {
        DiffOutcome outcome = Diffing.One(s_day with { OnUnreadable = UnreadablePolicy.Stage }, "2024-01-05", "month 13");

        Assert.Equal("""{"name":"2024-01-05"}""", outcome.Row!.Updates);
        Assert.Equal("""{"name":"month 13"}""", outcome.Row.Previous);
    }

    [Theory]
    [InlineData("2024-01-05", "2024-01-05T13:45:00Z", VerdictKind.SameByMeaning, "date", null, null)]
    [InlineData("2024-01-06", "2024-01-05T23:30:00Z", VerdictKind.SameByMeaning, "date", null, null)]
    [InlineData("2024-01-05", "2024-01-04", VerdictKind.Change, "overwrite", "2024-01-05", "2024-01-05")]
    [InlineData("2024-01-05", "1704326400000", VerdictKind.Change, "overwrite", "2024-01-05", "2024-01-05")]
    [InlineData("2024-01-05", "2024-01-04T13:45:00Z", VerdictKind.KeptBack, "time-of-day", null, "2024-01-05T13:45:00Z")]
    [InlineData("2024-07-05", "2024-01-04T13:45:00.5Z", VerdictKind.KeptBack, "time-of-day", null, "2024-07-05T12:45:00.500Z")] // 14:45 in Paris
    [InlineData("2024-01-05", "20240104", VerdictKind.Change, "overwrite", "2024-01-05", "2024-01-05")]
    [InlineData("2024-01-05", "month 13", VerdictKind.KeptBack, "unreadable", null, null)]
    public void Diff_DayAgainstAMoment_LeavesHubspotsTimeOfDay(
        string legacy, string hubspot, VerdictKind kind, string rule, string? withheld, string? kept)
    {
        DiffOutcome outcome = Diffing.One(s_day, legacy, hubspot);
        DiffOutcome keeping = Diffing.One(s_day with { Compare = new DateComparisonDefinition { TimeOfDay = TimeOfDay.Keep } }, legacy, hubspot);

        Assert.Equal((kind, rule), (outcome.Verdict.Kind, outcome.Verdict.Rule));
        Assert.Equal(withheld is null ? "{}" : $$"""{"name":"{{withheld}}"}""", outcome.Row!.Updates);
        Assert.Equal(kept is null ? "{}" : $$"""{"name":"{{kept}}"}""", keeping.Row!.Updates);
    }

    [Fact]
    public void Diff_DayAgainstAMoment_HasItsDayInTheDeclaredZone()
    {
        PropertyDefinition tokyo = s_day with { Compare = new DateComparisonDefinition { Zone = "Asia/Tokyo" } };

        Assert.Equal(VerdictKind.SameByMeaning, Diffing.One(tokyo, "2024-01-06", "2024-01-05T15:30:00Z").Verdict.Kind);
        Assert.Equal(VerdictKind.SameByMeaning, Diffing.One(tokyo, "2024-01-05", "2024-01-05T00:00:00Z").Verdict.Kind);
        Assert.Equal(VerdictKind.KeptBack, Diffing.One(tokyo, "2024-01-05", "2024-01-05T15:30:00Z").Verdict.Kind);
    }

    [Theory]
    [InlineData(null, VerdictKind.SameByMeaning)]
    [InlineData("FR", VerdictKind.KeptBack)] // the comparison's own region: no number of France
    public void Diff_PhoneRegionOfTheConversion_ReadsHubspotsNumbers(string? compared, VerdictKind kind)
    {
        PropertyDefinition property = Diffing.Property() with
        {
            Convert = [new PhoneDefinition { Region = "GB" }],
            Compare = new PhoneComparisonDefinition { Region = compared },
        };

        Assert.Equal(kind, Diffing.One(property, "020 7946 0018", "(020) 79460018").Verdict.Kind);
        Assert.Equal(VerdictKind.SameByMeaning, Diffing.One(property with { Compare = null }, "020 7946 0018", "(020) 79460018").Verdict.Kind);
    }

    [Theory]
    [InlineData("FR", "06 12 34 56 78", "0612345678", VerdictKind.SameByMeaning)]
    [InlineData("gb", "020 7946 0018", "+44 20 7946 0018", VerdictKind.SameByMeaning)]
    [InlineData(" Royaume-Uni ", "020 7946 0018", "020 79460018", VerdictKind.SameByMeaning)]
    [InlineData("ALLEMAGNE", "030 901820", "030 901821", VerdictKind.Change)]
    [InlineData("Atlantis", "020 7946 0018", "020 79460018", VerdictKind.ValueRejected)]
    [InlineData("", "020 7946 0018", "020 79460018", VerdictKind.ValueRejected)]
    [InlineData("Atlantis", "+44 20 7946 0018", "+442079460018", VerdictKind.Same)]
    [InlineData("Atlantis", "+44 20 7946 0018", "020 79460018", VerdictKind.KeptBack)]
    public void Diff_PhoneRegionFromAColumn_ReadsBothSides(string country, string legacy, string hubspot, VerdictKind kind)
    {
        DiffOutcome outcome = Diffing.One(s_phone, legacy, hubspot, more: new Dictionary<string, string> { ["Country"] = country });

        Assert.Equal(kind, outcome.Verdict.Kind);
        Assert.Equal(kind == VerdictKind.ValueRejected ? "region-unknown" : outcome.Verdict.Rule, outcome.Verdict.Rule);
    }

    [Fact]
    public void Diff_PhoneRegionThatNoColumnTells_IsTheConversionsOwn()
    {
        PropertyDefinition property = s_phone with { Convert = [new PhoneDefinition { RegionFrom = "Country", Region = "GB" }] };

        Assert.Equal(VerdictKind.SameByMeaning, Diffing.One(
            property, "020 7946 0018", "020 79460018", more: new Dictionary<string, string> { ["Country"] = "Atlantis" }).Verdict.Kind);
    }

    [Fact]
    public void Compare_RepeatsOfOtherRegions_DifferInTheRegion()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([s_phone]));
        byte[][] Row(string phone, string country)
        {
            byte[][] fields = [.. plan.Columns.Source.Names.Select(_ => Array.Empty<byte>())];
            fields[plan.Columns.Source.IndexOf("Name")] = Encoding.UTF8.GetBytes(phone);
            fields[plan.Columns.Source.IndexOf("Country")] = Encoding.UTF8.GetBytes(country);
            return fields;
        }

        HashSet<string> differing = [];
        new RepeatComparer(plan).Compare(Row("+33612345678", "FR"), Row("06 12 34 56 78", "fr"), differing);
        Assert.Empty(differing);
        new RepeatComparer(plan).Compare(Row("020 7946 0018", "FR"), Row("020 7946 0018", "GB"), differing);
        Assert.Equal(["Country"], differing);
        Assert.Contains("Country", plan.LegacyProperties.Select(column => column.Name.ToString()));
    }

    [Fact]
    public void Diff_DecomposedText_EqualsTheComposedOneAndIsStagedComposed()
    {
        DiffOutcome same = Diffing.One(Diffing.Property(), "E\u0301cole", "École");
        DiffOutcome changed = Diffing.One(Diffing.Property(), "E\u0301cole", "Ecole");

        Assert.Equal(VerdictKind.SameByMeaning, same.Verdict.Kind);
        Assert.Equal("""{"name":"École"}""", changed.Row!.Updates);
    }

    [Fact]
    public void Diff_ConditionOnDecomposedText_Holds()
    {
        PropertyDefinition property = Diffing.Property() with { When = new ConditionDefinition { Column = "Type", EqualTo = "Fermé" } };

        DiffOutcome outcome = Diffing.One(property, "a", "b", more: new Dictionary<string, string> { ["Type"] = "Ferme\u0301" });

        Assert.Equal(VerdictKind.Change, outcome.Verdict.Kind);
    }
}
