using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;

namespace Recon.Dataflow.Tests.Values;

public sealed class ChoiceConversionTests
{
    private static readonly Dictionary<string, string> s_types = new() { ["Client"] = "Customer", ["Fermé"] = "Closed", ["Aucun"] = "" };

    [Theory]
    [InlineData("Client", "Customer")]
    [InlineData(" Fermé\u00A0", "Closed")]
    [InlineData("Ferme\u0301", "Closed")]
    [InlineData("Aucun", "")]
    [InlineData("client", "!unmapped")]
    public void Map_KnownValues_AreReplaced(string value, string expected)
        => Assert.Equal(expected, Converting.With(new MapDefinition { Values = s_types }, value));

    [Fact]
    public void Map_IgnoreCase_FindsTheValue()
        => Assert.Equal("Closed", Converting.With(new MapDefinition { Values = s_types, IgnoreCase = true }, "FERMÉ"));

    [Theory]
    [InlineData(UnmappedPolicy.RejectValue, "!unmapped")]
    [InlineData(UnmappedPolicy.RejectRow, "!unmapped row")]
    [InlineData(UnmappedPolicy.Pass, "Autre")]
    public void Map_UnknownValue_FollowsThePolicy(object policy, string expected)
        => Assert.Equal(expected, Converting.With(new MapDefinition { Values = s_types, OnUnmapped = (UnmappedPolicy)policy }, "Autre"));

    [Fact]
    public void Map_KeysThatDifferInCaseOnly_AreAProblemWhereCaseIsIgnored()
    {
        Dictionary<string, string> values = new() { ["a"] = "1", ["A"] = "2" };

        Assert.Single(new MapDefinition { Values = values, IgnoreCase = true }.Validate());
        Assert.Empty(new MapDefinition { Values = values }.Validate());
    }

    [Theory]
    [InlineData(",a,b,", "a;b")]
    [InlineData("b, a ,b", "b;a")]
    [InlineData("a;b", "a;b")]
    [InlineData(",,", "")]
    public void MultiSelect_List_IsTidied(string value, string expected)
        => Assert.Equal(expected, Converting.With(new MultiSelectDefinition(), value));

    [Fact]
    public void MultiSelect_Values_AreMapped()
    {
        MultiSelectDefinition definition = new() { Separator = "|", Values = s_types };

        Assert.Equal("Customer;Closed", Converting.With(definition, "Client|Fermé|Aucun|Client"));
        Assert.Equal("!unmapped", Converting.With(definition, "Client|Autre"));
    }

    [Fact]
    public void MultiSelect_ManyValues_LosesDuplicatesOnly()
    {
        string[] items = [.. Enumerable.Range(0, 300).Select(number => $"item {number}")];

        Assert.Equal(string.Join(';', items), Converting.With(new MultiSelectDefinition(), string.Join(',', items.Concat(items))));
    }

    [Fact]
    public void Chain_Failure_StopsAndBlankStops()
    {
        ConversionDefinition[] chain = [new MapDefinition { Values = s_types }, new NumberDefinition()];

        Assert.Equal("!unmapped", Converting.With(chain, "x"));
        Assert.Equal("", Converting.With(chain, "Aucun"));
        Assert.Equal("!not-a-number", Converting.With(chain, "Client"));
    }

    [Fact]
    public void Chain_Produces_WhatTheLastTellingStepMakes()
    {
        ConversionChain chain = ConversionChain.Compile([new TrimDefinition(), new EmailDefinition(), new TruncateDefinition()], Converting.Context);

        Assert.Equal(new EmailComparisonDefinition(), chain.Produces);
        Assert.Equal(["trim", "email", "truncate"], chain.Steps.Select(step => step.Kind));
        Assert.Equal(new TextComparisonDefinition(), ConversionChain.Compile([], Converting.Context).Produces);
    }

    [Fact]
    public void Chain_EarlierRemark_IsKept()
        => Assert.Equal("ab (truncated)", Converting.With([new TruncateDefinition { Length = 3 }, new TrimDefinition()], "ab cd"));

    [Fact]
    public void Chain_AmericanFrenchAndIsoExports_GiveTheSameText()
    {
        DatetimeDefinition american = new() { Formats = ["M/d/yyyy h:mm tt"] };
        DatetimeDefinition french = new() { Formats = ["dd/MM/yyyy[ HH:mm[:ss]]"] };

        Assert.Equal(
            ["2024-07-04T11:05:00Z", "2024-07-04T11:05:00Z", "2024-07-04T11:05:00Z"],
            [Converting.With(american, "7/4/2024 1:05 PM"), Converting.With(french, "04/07/2024 13:05"), Converting.With(new DatetimeDefinition(), "2024-07-04 13:05:00")]);
        Assert.Equal(
            ["1054.5", "1054.5", "1054.5"],
            [
                Converting.With(new NumberDefinition { Culture = NumberCulture.En }, "€1,054.50"),
                Converting.With(new NumberDefinition { Culture = NumberCulture.Fr }, "1\u202F054,50 €"),
                Converting.With(new NumberDefinition(), "1054.50"),
            ]);
    }

    [Fact]
    public void Chain_DefaultsThatAreNone_AreRefused()
    {
        ConversionContext wrong = new(new DefaultsDefinition { TimeZone = "Paris", PhoneRegion = "France" }, ".", false);

        Assert.Contains("'Paris'", Assert.Throws<ConversionSetupException>(() => ConversionChain.Compile([new DatetimeDefinition()], wrong)).Message, StringComparison.Ordinal);
        Assert.Contains("'France'", Assert.Throws<ConversionSetupException>(() => ConversionChain.Compile([new PhoneDefinition()], wrong)).Message, StringComparison.Ordinal);
    }
}
