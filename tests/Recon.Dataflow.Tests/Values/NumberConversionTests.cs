using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;

namespace Recon.Dataflow.Tests.Values;

public sealed class NumberConversionTests
{
    [Theory]
    [InlineData(NumberCulture.Invariant, "1054.00", "1054")]
    [InlineData(NumberCulture.Invariant, "-0", "0")]
    [InlineData(NumberCulture.Invariant, "-0.00", "0")]
    [InlineData(NumberCulture.Invariant, "+017.50", "17.5")]
    [InlineData(NumberCulture.Invariant, ".5", "0.5")]
    [InlineData(NumberCulture.Invariant, "0.050", "0.05")]
    [InlineData(NumberCulture.Invariant, "\u221212", "-12")]
    [InlineData(NumberCulture.Invariant, "123456789012345678901234567890.123456789012345678901", "123456789012345678901234567890.123456789012345678901")]
    [InlineData(NumberCulture.Invariant, "1,234", "!not-a-number")]
    [InlineData(NumberCulture.Invariant, "1 234", "!not-a-number")]
    [InlineData(NumberCulture.Invariant, "1.23E+05", "!not-a-number")]
    [InlineData(NumberCulture.Invariant, "12%", "!not-a-number")]
    [InlineData(NumberCulture.Invariant, "(1234)", "!not-a-number")]
    [InlineData(NumberCulture.Invariant, "１２", "!not-a-number")]
    [InlineData(NumberCulture.Invariant, ".", "!not-a-number")]
    [InlineData(NumberCulture.Invariant, "--1", "!not-a-number")]
    [InlineData(NumberCulture.Invariant, "NaN", "!not-a-number")]
    [InlineData(NumberCulture.Fr, "1 054,00 €", "1054")]
    [InlineData(NumberCulture.Fr, "1\u202F054,00\u00A0€", "1054")]
    [InlineData(NumberCulture.Fr, "1054", "1054")]
    [InlineData(NumberCulture.Fr, "12 345 678,9", "12345678.9")]
    [InlineData(NumberCulture.Fr, "1.054,00", "!not-a-number")]
    [InlineData(NumberCulture.Fr, "1054.00", "!not-a-number")]
    [InlineData(NumberCulture.Fr, "10 54", "!not-a-number")]
    [InlineData(NumberCulture.De, "12.500,00", "12500")]
    [InlineData(NumberCulture.De, "12.50", "!not-a-number")]
    [InlineData(NumberCulture.Ch, "1'234.50", "1234.5")]
    [InlineData(NumberCulture.Ch, "1’234.50", "1234.5")]
    [InlineData(NumberCulture.En, "€12,500", "12500")]
    [InlineData(NumberCulture.En, "-€ 12,500.25", "-12500.25")]
    [InlineData(NumberCulture.En, "€-12", "-12")]
    [InlineData(NumberCulture.En, "EUR 12", "12")]
    [InlineData(NumberCulture.En, "$12", "!not-a-number")]
    [InlineData(NumberCulture.En, "€12€", "!not-a-number")]
    [InlineData(NumberCulture.En, "1,23,4", "!not-a-number")]
    [InlineData(NumberCulture.En, "1234,567", "!not-a-number")]
    [InlineData(NumberCulture.En, "1,234,", "!not-a-number")]
    [InlineData(NumberCulture.En, ",234", "!not-a-number")]
    [InlineData(NumberCulture.En, "1.234,567", "!not-a-number")]
    public void Number_DeclaredNotation_IsReadOrRefused(object culture, string value, string expected)
        => Assert.Equal(expected, Converting.With(new NumberDefinition { Culture = (NumberCulture)culture }, value));

    [Theory]
    [InlineData(1000, "12.5", "12500")]
    [InlineData(1000, "0.0005", "0.5")]
    [InlineData(0.01, "1250", "12.5")]
    [InlineData(1.196, "100", "119.6")]
    [InlineData(12, "-99999999999999999999", "-1199999999999999999988")]
    [InlineData(1000, "0", "0")]
    public void Number_Scale_MultipliesExactly(double scale, string value, string expected)
        => Assert.Equal(expected, Converting.With(new NumberDefinition { Scale = scale }, value));

    [Fact]
    public void Number_OwnSeparators_ReplaceTheCultures()
        => Assert.Equal("1234.5", Converting.With(new NumberDefinition { DecimalSeparator = "/", GroupSeparator = "_" }, "1_234/5"));

    [Theory]
    [InlineData("17.0", "17")]
    [InlineData("17.5", "!not-an-integer")]
    [InlineData("x", "!not-a-number")]
    public void Integer_Fraction_IsRefusedUnlessZero(string value, string expected)
        => Assert.Equal(expected, Converting.With(new IntegerDefinition(), value));

    [Theory]
    [InlineData("Oui", "true")]
    [InlineData("Y", "true")]
    [InlineData("0", "false")]
    [InlineData(" FALSE ", "false")]
    [InlineData("2", "!not-a-boolean")]
    public void Boolean_Texts_AreTruthValues(string value, string expected)
        => Assert.Equal(expected, Converting.With(new BooleanDefinition(), value));

    [Fact]
    public void Numeric_WrongOptions_AreAllReported()
    {
        NumberDefinition definition = new() { Scale = 0, DecimalSeparator = "5", GroupSeparator = "5", Currency = ["", "€"] };

        Assert.Equal(
            ["Scale", "DecimalSeparator", "GroupSeparator", "GroupSeparator", "Currency"],
            definition.Validate().Select(problem => problem.Member));
    }

    [Fact]
    public void Boolean_TextOnBothLists_IsAProblemOfTheDefinition()
        => Assert.Contains("'X'", new BooleanDefinition { TrueTexts = ["X"], FalseTexts = ["x"] }.Validate().Single().Message, StringComparison.Ordinal);
}
