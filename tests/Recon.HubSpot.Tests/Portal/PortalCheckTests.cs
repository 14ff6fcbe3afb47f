using Recon.HubSpot.Portal;

namespace Recon.HubSpot.Tests.Portal;

/// <summary>What is said of one value for one property.</summary>
public sealed class PortalCheckTests
{
    private static readonly PortalCheck s_check = new(new PortalFile
    {
        Objects = new Dictionary<string, PortalObject>
        {
            ["deals"] = new()
            {
                Properties =
                [
                    new PortalProperty("dealname", "string", "text"),
                    new PortalProperty("amount", "number", "number"),
                    new PortalProperty("won", "bool", "booleancheckbox"),
                    new PortalProperty("day", "date", "date"),
                    new PortalProperty("at", "datetime", "date"),
                    new PortalProperty("dealstage", "enumeration", "select") { Options = [new("won", "Closed won"), new("lost", "Lost"), new("hidden", "Old", Hidden: true)] },
                    new PortalProperty("tags", "enumeration", "checkbox") { Options = [new("a", "A"), new("b", "B")] },
                    new PortalProperty("hubspot_owner_id", "enumeration", "select"),
                    new PortalProperty("phone", "phone_number", "phonenumber"),
                    new PortalProperty("reason", "string", "text"),
                    new PortalProperty("gone", "string", "text") { Archived = true },
                    new PortalProperty("days", "number", "calculation_equation") { Calculated = true },
                    new PortalProperty("hs_object_id", "number", "number") { ReadOnly = true },
                ],
                Rules = new PortalRules
                {
                    Required = ["dealname"],
                    Conditional = [new ConditionalRule("dealstage", ["lost"], ["reason"]), new ConditionalRule("won", [], ["day"])],
                    Values =
                    [
                        new ValueRule("reason", "MAX_LENGTH", ["5"]),
                        new ValueRule("reason", "REGEX", ["^[a-z]+$"]),
                        new ValueRule("phone", "MIN_LENGTH", ["3"]),
                        new ValueRule("phone", "ALPHANUMERIC", ["NUMERIC_ONLY"]),
                        new ValueRule("amount", "MAX_NUMBER", ["1000"]),
                        new ValueRule("amount", "MIN_NUMBER", ["0"]),
                        new ValueRule("amount", "DECIMAL", ["2"]),
                        new ValueRule("dealname", "REGEX", ["(unclosed"]),
                        new ValueRule("dealname", "FROM_THE_FUTURE", ["x"]),
                    ],
                },
            },
        },
    });

    [Theory]
    [InlineData("dealname", "Vitrine")]
    [InlineData("dealname", " outer space is text ")]
    [InlineData("amount", "17")]
    [InlineData("amount", "17.50")]
    [InlineData("amount", "")]
    [InlineData("won", "true")]
    [InlineData("day", "2024-02-29")]
    [InlineData("day", "1711843200000")]
    [InlineData("at", "2024-02-29T10:00:00Z")]
    [InlineData("at", "2024-02-29T10:00:00.123+02:00")]
    [InlineData("at", "2024-02-29")]
    [InlineData("at", "1711843200123")]
    [InlineData("dealstage", "won")]
    [InlineData("dealstage", "hidden")]
    [InlineData("tags", "a;b")]
    [InlineData("tags", ";a")]
    [InlineData("hubspot_owner_id", "77")]
    [InlineData("phone", "123")]
    [InlineData("reason", "price")]
    public void Value_ThatTheAccountTakes_IsNoViolation(string property, string value) => Assert.Null(s_check.Of("deals", property, value));

    [Theory]
    [InlineData("amuont", "17", "Property", "did you mean 'amount'?")]
    [InlineData("gone", "x", "ReadOnly", "is archived")]
    [InlineData("days", "1", "ReadOnly", "is calculated")]
    [InlineData("hs_object_id", "1", "ReadOnly", "is read-only")]
    [InlineData("amount", "1,234", "Value", "no number")]
    [InlineData("amount", "1.234.5", "Value", "no number")]
    [InlineData("amount", " 17", "Value", "White space")]
    [InlineData("amount", "1001", "Rule", "greater than 1000")]
    [InlineData("amount", "-1", "Rule", "less than 0")]
    [InlineData("amount", "1.234", "Rule", "more than 2 digits")]
    [InlineData("won", "oui", "Value", "neither true nor false")]
    [InlineData("day", "2024-02-30", "Value", "no day")]
    [InlineData("day", "1711843200001", "Value", "no day")]
    [InlineData("day", "29/02/2024", "Value", "no day")]
    [InlineData("at", "29/02/2024", "Value", "no time")]
    [InlineData("dealstage", "Closed won", "Option", "the label of 'won'")]
    [InlineData("dealstage", "Won", "Option", "nearest option is 'won'")]
    [InlineData("tags", "a;c", "Option", "none of its 2 options")]
    [InlineData("reason", "prices", "Length", "longer than 5")]
    [InlineData("reason", "PRICE", "Rule", "does not match")]
    [InlineData("phone", "12", "Length", "shorter than 3")]
    [InlineData("phone", "06 12", "Rule", "other characters than digits")]
    [InlineData("dealname", "", "Required", "would be cleared")]
    public void Value_ThatTheAccountRefuses_IsNamed(string property, string value, string kind, string part)
    {
        PortalViolation violation = s_check.Of("deals", property, value)!;

        Assert.Equal((kind, "deals", property), (violation.Kind.ToString(), violation.Type, violation.Property));
        Assert.Contains(part, violation.Message, StringComparison.Ordinal);
        Assert.NotEmpty(violation.Fix);
    }

    [Fact]
    public void Text_LongerThanHubspotTakes_IsNamed()
    {
        Assert.Null(s_check.Of("deals", "dealname", new string('x', 65_536)));
        Assert.Equal(ViolationKind.Length, s_check.Of("deals", "dealname", new string('x', 65_537))!.Kind);
    }

    [Fact]
    public void Type_ThatIsNotKnown_IsNamedWithItsNeighbour()
        => Assert.Contains("did you mean 'deals'?", s_check.Of("deal", "amount", "1")!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("dealstage=lost", "reason=", "reason")]
    [InlineData("dealstage=lost;reason=price", "reason=", "")]
    [InlineData("dealstage=lost", "reason=price", "")]
    [InlineData("dealstage=won", "reason=", "")]
    [InlineData("dealstage=lost", "", "")]
    [InlineData("reason=", "dealstage=lost", "reason")]
    [InlineData("won=true", "day=", "day")]
    [InlineData("amount=5", "dealstage=lost;reason=", "reason")]
    public void Record_ThatWouldLackAValue_IsNamed(string values, string before, string expected)
        => Assert.Equal(
            expected,
            string.Join(';', s_check.OfRecord(
                "deals", Parse(values).ToDictionary(pair => pair.Key, pair => pair.Value!), Parse(before)).Select(violation => violation.Property)));

    private static Dictionary<string, string?> Parse(string text)
        => text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => (string?)pair[1]);
}
