using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Tests.Diff;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Tests.Plan;

public sealed class RemedyTests
{
    [Fact]
    public void Find_DayAndMonthExchanged_ExchangesTheFormatAndDoubtsWhatWasAccepted()
    {
        RejectedValues found = Of([new TrimDefinition(), Date("MM/dd/yyyy")], "31/12/2023", "30/11/2023", "05/04/2023", "01/02/2023");

        Assert.Equal((2, 4, 2), (found.Count, found.Values, found.Accepted));
        Remedy remedy = Assert.Single(found.Remedies);
        Assert.Equal("""["trim", { "kind": "date", "formats": ["dd/MM/yyyy"] }]""", remedy.Convert);
        Assert.Equal(2, remedy.Fits);
        Assert.Contains("2 values that were accepted probably have day and month exchanged", Advice(found), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_OneMoreFormat_IsAddedToThoseThatRead()
    {
        RejectedValues found = Of([Date("yyyy-MM-dd")], "2023-12-31", "31.12.2023");

        Remedy remedy = Assert.Single(found.Remedies);
        Assert.Equal("""[{ "kind": "date", "formats": ["yyyy-MM-dd", "dd.MM.yyyy"] }]""", remedy.Convert);
        Assert.Null(remedy.Misread);
    }

    [Fact]
    public void Find_DatesThatTwoFormatsReadDifferently_AreBothProposed()
    {
        RejectedValues found = Of([new DateDefinition()], "05/04/2023", "01/02/2023");

        Assert.Equal(
            ["""[{ "kind": "date", "formats": ["dd/MM/yyyy"] }]""", """[{ "kind": "date", "formats": ["MM/dd/yyyy"] }]"""],
            found.Remedies.Select(remedy => remedy.Convert));
        Assert.Contains("only you know", Advice(found), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_IsoBesideAnotherFormat_KeepsReadingIso()
    {
        RejectedValues found = Of([new DatetimeDefinition()], "2023-12-31T10:00:00Z", "2023-12-31", "31/12/2023 10:00");

        string convert = Assert.Single(found.Remedies).Convert;
        Assert.Contains("dd/MM/yyyy[ HH:mm[:ss]]", convert, StringComparison.Ordinal);
        var repaired = new DatetimeDefinition { Formats = ["yyyy-M-d[ H:mm[:ss[.fff]]]K", "yyyy-M-dTH:mm[:ss[.fff]]K", "dd/MM/yyyy[ HH:mm[:ss]]"] };
        Assert.Empty(Counted([repaired], "2023-12-31T10:00:00Z", "2023-12-31", "31/12/2023 10:00").RejectedValues);
    }

    [Theory]
    [InlineData("fr", "11 844,00", "1 000 000,5")]
    [InlineData("de", "11.844,00", "1.000.000,5")]
    [InlineData("en", "11,844.00", "1,000,000.5")]
    [InlineData("ch", "11'844.00", "1'000'000.5")]
    public void Find_NumbersOfAnotherCulture_NamesIt(string culture, params string[] values)
        => Assert.Equal(
            $$"""[{ "kind": "number", "culture": "{{culture}}" }]""", Assert.Single(Of([new NumberDefinition()], values).Remedies).Convert);

    [Fact]
    public void Find_UnknownCurrency_IsAddedToTheKnownOnes()
        => Assert.Equal(
            """[{ "kind": "number", "culture": "en", "currency": ["€", "EUR", "$"] }]""",
            Assert.Single(Of([new NumberDefinition()], "$1,500.00", "$2,000.50").Remedies).Convert);

    [Fact]
    public void Find_FractionsWhereIntegersAreDeclared_ProposesNumber()
        => Assert.Equal("""["number"]""", Assert.Single(Of([new IntegerDefinition()], "12.5", "0.25", "3").Remedies).Convert);

    [Fact]
    public void Find_MapInAnotherCase_IgnoresCase()
        => Assert.Equal(
            """[{ "kind": "map", "values": { "Won": "closedwon" }, "ignoreCase": true }]""",
            Assert.Single(Of([Map("Won", "closedwon")], "WON").Remedies).Convert);

    [Fact]
    public void Advice_MapWithoutTheValues_GivesPairsToAdd()
        => Assert.Contains("\"Gagné\": \"closedwon\"", Advice(Of([Map("Gagne", "closedwon")], "Gagné")), StringComparison.Ordinal);

    [Fact]
    public void Advice_NothingFits_SaysWhatToCheck()
    {
        RejectedValues found = Of([new NumberDefinition()], "a lot", "little");

        Assert.Empty(found.Remedies);
        Assert.Equal("Check the notation that the conversion declares.", Advice(found));
    }

    [Fact]
    public void Notable_FewAmongMany_AreNot()
    {
        string[] good = [.. Enumerable.Range(0, 200).Select(number => $"{number}")];

        Assert.False(Of([new NumberDefinition()], [.. good, "x", "y"]).IsNotable);
        Assert.True(Of([new NumberDefinition()], [.. good, "x", "y", "z"]).IsNotable);
    }

    [Fact]
    public void Finding_ValueWithControlCharacters_DoesNotActOnATerminal()
        => Assert.DoesNotContain('\u001b', RejectedValuesText.Finding(Of([new NumberDefinition()], "\u001b[2Jx")));

    [Fact]
    public void Alternatives_OfDates_AreFormatsThatHoldTheRules()
        => Assert.All(
            new DateDefinition { Formats = ["yyyy-MM-dd"] }.Alternatives(hasAccepted: true).Concat(new DateDefinition().Alternatives(hasAccepted: false)),
            other => Assert.Empty(((DateDefinition)other.Definition).Validate()));

    private static DateDefinition Date(params string[] formats) => new() { Formats = formats };

    private static MapDefinition Map(string from, string to) => new() { Values = new Dictionary<string, string> { [from] = to } };

    private static string Advice(RejectedValues found) => string.Join(' ', RejectedValuesText.Advice(found, "Europe/Paris"));

    private static ReconciliationPlan Plan(IReadOnlyList<ConversionDefinition> convert)
        => Diffing.Plan(Diffing.Pipeline([Diffing.Property() with { Convert = convert }]));

    private static BatchCounts Counted(IReadOnlyList<ConversionDefinition> convert, params string[] values)
    {
        ReconciliationPlan plan = Plan(convert);
        using RecordBatch batch = Diffing.Batch(
            plan, [.. values.Select((value, index) => new Dictionary<string, string> { ["Id"] = $"{index}", ["Name"] = value })]);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), [.. values.Select(_ => Array.Empty<int>())]));
        _ = Diffing.Run(plan, batch);
        return batch.Counts;
    }

    private static RejectedValues Of(IReadOnlyList<ConversionDefinition> convert, params string[] values)
        => Assert.Single(RejectedValues.Of(Counted(convert, values), Plan(convert), Diffing.Context));
}
