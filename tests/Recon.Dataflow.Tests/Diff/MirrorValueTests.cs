using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Tests.Diff;

/// <summary>Values of the mirror that are spelled otherwise than the legacy value, and what is staged then.</summary>
public sealed class MirrorValueTests
{
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
