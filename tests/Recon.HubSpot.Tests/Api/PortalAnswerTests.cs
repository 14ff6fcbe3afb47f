using System.Globalization;
using Recon.HubSpot.Api;
using Recon.HubSpot.Portal;

namespace Recon.HubSpot.Tests.Api;

/// <summary>What the client learns of an account: properties, rules, the account itself and the token.</summary>
public sealed class PortalAnswerTests
{
    [Theory]
    [InlineData("2026-09", "/crm/properties/2026-09/deals")]
    [InlineData("v3", "/crm/v3/properties/deals")]
    public async Task Properties_OfAType_HaveWhatWritingNeeds(string version, string path)
    {
        const string live = """
            {"results":[
              {"name":"dealstage","type":"enumeration","fieldType":"select","options":[{"value":"won","label":"Won","hidden":false},{"value":"old","label":"Old","hidden":true}]},
              {"name":"days","type":"number","fieldType":"calculation_equation","calculated":true,"modificationMetadata":{"readOnlyValue":true}},
              {"name":"code","type":"string","fieldType":"text","hasUniqueValue":true}]}
            """;
        const string archived = """{"results":[{"name":"gone","type":"string","fieldType":"text","archived":true},{"name":"code","type":"string","fieldType":"text"}]}""";
        await using var rig = new ClientRig(version, TestService.Answer(200, live), TestService.Answer(200, archived));

        Dictionary<string, PortalProperty> read = (await rig.Client.PropertiesAsync("deals", default)).ToDictionary(property => property.Name);

        Assert.Equal(["code", "days", "dealstage", "gone"], read.Keys);
        Assert.Equal([new PortalOption("won", "Won"), new PortalOption("old", "Old", Hidden: true)], read["dealstage"].Options);
        Assert.True(read["days"] is { Calculated: true, ReadOnly: true, Unique: false });
        Assert.True(read["code"] is { Unique: true, Archived: false });
        Assert.True(read["gone"].Archived);
        Assert.Equal(
            [$"GET {path}?archived=false", $"GET {path}?archived=true"],
            rig.Service.Requests.Select(request => request[..request.IndexOf(" HTTP", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("2026-09", "/crm/property-validations/2026-09/deals", "/crm-object-schemas/2026-09/schemas/deals")]
    [InlineData("v3", "/crm/v3/property-validations/deals", "/crm-object-schemas/v3/schemas/deals")]
    public async Task Rules_OfAType_AreWhatIsRequiredAndHowValuesMustBe(string version, string validations, string schema)
    {
        await using var rig = new ClientRig(
            version,
            TestService.Answer(200, """{"results":[{"propertyName":"code","propertyValidationRules":[{"ruleType":"MAX_LENGTH","ruleArguments":["10"],"shouldApplyNormalization":false}]}]}"""),
            TestService.Answer(200, """{"name":"deals","requiredProperties":["dealname"]}"""));

        PortalRules rules = await rig.Client.RulesAsync("deals", default);

        Assert.Equal(["dealname"], rules.Required);
        ValueRule rule = Assert.Single(rules.Values);
        Assert.Equal(("code", "MAX_LENGTH", "10"), (rule.Property, rule.Kind, Assert.Single(rule.Arguments)));
        Assert.Equal([$"GET {validations}", $"GET {schema}"], rig.Service.Requests.Select(request => request[..request.IndexOf(" HTTP", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Rules_OfATypeThatHasNone_AreEmpty()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(404, "{}"), TestService.Answer(404, "{}"));

        PortalRules rules = await rig.Client.RulesAsync("calls", default);

        Assert.Empty(rules.Required);
        Assert.Empty(rules.Values);
    }

    [Fact]
    public async Task Account_Details_NameThePortal()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(200, """{"portalId":7,"timeZone":"US/Eastern","dataHostingLocation":"eu1"}"""));

        Assert.Equal(new AccountDetails(7, "US/Eastern"), await rig.Client.AccountAsync(default));
    }

    [Fact]
    public async Task Account_AnswerWithoutPortal_IsRefused()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(200, "{}"));

        Assert.Contains("names no portalId", (await Assert.ThrowsAsync<HubspotException>(() => rig.Client.AccountAsync(default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_Info_HasScopes()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(200, """{"hubId":7,"scopes":["crm.objects.deals.write"]}"""));

        TokenInfo token = (await rig.Client.TokenAsync(default))!;

        Assert.Equal("crm.objects.deals.write", Assert.Single(token.Scopes));
    }

    [Fact]
    public async Task Token_OfAKindThatIsNotTold_IsNull()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(404, "{}"));

        Assert.Null(await rig.Client.TokenAsync(default));
    }

    [Theory]
    [InlineData("2026-03-29T00:30:00Z", "Europe/Paris", "2026-03-29T22:00:00Z")]
    [InlineData("2026-03-28T23:30:00Z", "Europe/Paris", "2026-03-29T22:00:00Z")]
    [InlineData("2026-01-01T04:59:00Z", "US/Eastern", "2026-01-01T05:00:00Z")]
    [InlineData("2026-01-01T04:59:00Z", "Nowhere/Town", null)]
    public void Day_OfAnAccount_EndsAtItsMidnight(string now, string zone, string? expected)
        => Assert.Equal(
            expected is null ? null : DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
            new AccountDetails(1, zone).DayEndsAfter(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));
}
