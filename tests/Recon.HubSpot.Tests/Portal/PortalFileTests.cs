using System.Text;
using Recon.HubSpot.Portal;

namespace Recon.HubSpot.Tests.Portal;

public sealed class PortalFileTests
{
    private static readonly PortalFile s_file = new()
    {
        Format = PortalFile.CurrentFormat,
        Portal = 7,
        PulledAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Objects = new Dictionary<string, PortalObject>
        {
            ["deals"] = new()
            {
                Properties = [new PortalProperty("dealstage", "enumeration", "select") { Options = [new("won", "Won", Hidden: true)], Unique = true }],
                Rules = new PortalRules { Required = ["dealname"], Values = [new ValueRule("dealname", "MAX_LENGTH", ["10"])] },
            },
        },
    };

    [Fact]
    public void File_WrittenAndRead_IsTheSame()
    {
        byte[] content = s_file.Write();

        Assert.Equal(content, PortalFile.Read("portal.json", content).Write());
        Assert.EndsWith("}\n", Encoding.UTF8.GetString(content), StringComparison.Ordinal);
    }

    [Fact]
    public void File_WrittenByHand_NeedsNoMoreThanItSays()
    {
        var file = PortalFile.Read(
            "portal.json",
            """
            {
              "format": "recon-portal/1",
              "objects": {
                "deals": {
                  "properties": [{ "name": "dealstage", "type": "enumeration", "fieldType": "select" }, ],
                  // HubSpot does not tell this:
                  "rules": { "conditional": [{ "when": "dealstage", "in": ["lost"], "require": ["reason"] }] }
                },
                "calls": {}
              }
            }
            """u8);

        var check = new PortalCheck(file);
        Assert.Null(check.Of("deals", "dealstage", "anything"));
        Assert.Equal("reason", Assert.Single(check.RulesOf("deals").Conditional[0].Require));
        Assert.Empty(check.RulesOf("calls").Required);
    }

    [Theory]
    [InlineData("{\"format\":\"recon-portal/2\"}", "is no portal file")]
    [InlineData("{}", "is no portal file")]
    [InlineData("{\"format\":\"recon-portal/1\",\n\"objcets\":{}}", "portal.json:2:")]
    [InlineData("{\"format\":\"recon-portal/1\",\"objects\":{\"deals\":{\"properties\":[{\"name\":5}]}}}", "$.objects.deals.properties[0].name")]
    [InlineData("nonsense", "portal.json:1:")]
    public void File_ThatIsNone_SaysWhere(string content, string part)
        => Assert.Contains(
            part, Assert.Throws<PortalFileException>(() => PortalFile.Read("portal.json", Encoding.UTF8.GetBytes(content))).Message, StringComparison.Ordinal);

    [Fact]
    public void Conditions_WrittenByHand_OutliveANewPull()
    {
        PortalFile former = s_file with
        {
            Objects = new Dictionary<string, PortalObject>
            {
                ["deals"] = new() { Rules = new PortalRules { Required = ["old"], Conditional = [new ConditionalRule("a", ["b"], ["c"])] } },
            },
        };

        PortalRules rules = s_file.WithConditionsOf(former).Objects["deals"].Rules;

        Assert.Equal("a", Assert.Single(rules.Conditional).When);
        Assert.Equal(["dealname"], rules.Required);
    }
}
