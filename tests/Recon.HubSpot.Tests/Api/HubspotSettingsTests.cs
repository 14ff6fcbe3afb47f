using Recon.Dataflow.Definition;
using Recon.HubSpot.Api;

namespace Recon.HubSpot.Tests.Api;

public sealed class HubspotSettingsTests
{
    private static readonly HubspotDefinition s_definition = new() { Base = "env:BASE", Token = "env:TOKEN", Portal = 7, TimeoutSeconds = 12 };

    [Fact]
    public void Resolve_Variables_AreRead()
    {
        var settings = HubspotSettings.Resolve(s_definition, name => name == "BASE" ? "https://api.example.com/" : " pat-1 ");

        Assert.Equal("https://api.example.com/", settings.Base.AbsoluteUri);
        Assert.Equal(("pat-1", "TOKEN", 7, "2026-09", 12.0), (settings.Token, settings.TokenVariable, settings.Portal, settings.Version, settings.Timeout.TotalSeconds));
        Assert.Equal("https://api.example.com (2026-09)", settings.ToString());
    }

    [Fact]
    public void Resolve_VariablesNotSet_NamesAllWithTheirKeys()
        => Assert.Contains("BASE (\"hubspot.base\"), TOKEN (\"hubspot.token\")", Refused(s_definition, _ => null), StringComparison.Ordinal);

    [Fact]
    public void Resolve_NoHubspotOrNoToken_SaysWhatToAdd()
    {
        Assert.Contains("no \"hubspot\"", Refused(null, _ => "x"), StringComparison.Ordinal);
        Assert.Contains("\"token\": \"env:NAME\"", Refused(new HubspotDefinition(), _ => "x"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pat\n1")]
    [InlineData("two words")]
    [InlineData("pât")]
    public void Resolve_TokenThatNoHeaderTakes_IsRefusedWithoutShowingIt(string token)
    {
        string message = Refused(s_definition, name => name == "BASE" ? "https://x" : token);

        Assert.StartsWith("The token in TOKEN (\"hubspot.token\") holds a line break", message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://api.example.com", "must be https")]
    [InlineData("ftp://api.example.com", "is not a web address")]
    [InlineData("https://user:pw@api.example.com", "is not a web address")]
    [InlineData("https://api.example.com/?a=b", "is not a web address")]
    [InlineData("nonsense", "is not a web address")]
    public void Resolve_UnsafeBase_IsRefusedByTheNameOfItsVariable(string address, string part)
    {
        string message = Refused(s_definition, name => name == "BASE" ? address : "x");

        Assert.StartsWith("The address in BASE (\"hubspot.base\")", message, StringComparison.Ordinal);
        Assert.Contains(part, message, StringComparison.Ordinal);
    }

    private static string Refused(HubspotDefinition? definition, Func<string, string?> environment)
    {
        HubspotException exception = Assert.Throws<HubspotException>(() => HubspotSettings.Resolve(definition, environment));
        Assert.Equal(HubspotFault.Settings, exception.Fault);
        return exception.Message;
    }
}
