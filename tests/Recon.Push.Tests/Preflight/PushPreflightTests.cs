using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Api;
using Recon.HubSpot.Portal;
using Recon.Postgres.Push;
using Recon.Push.Preflight;
using Recon.Sandbox;
using Recon.Sandbox.Api;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Push.Tests.Preflight;

/// <summary>What is found before anything is sent, against a sandbox; it never gets a write.</summary>
public sealed class PushPreflightTests
{
    private const long Portal = 48_000_001;
    private static readonly PreflightRequest s_request = new(Portal, ["companies", "calls"], 40);

    [Fact]
    public async Task Preflight_PlanThatTheAccountTakes_FindsNothing() => Assert.Empty(await CheckAsync(s_request, Item(("type", "CUSTOMER"), ("code", "abc"))));

    [Fact]
    public async Task Preflight_AnotherAccount_RefusesAndAsksForNothingElse()
    {
        await using SandboxServer server = await StartAsync(options => options);

        PreflightFinding finding = Assert.Single(await CheckAsync(server, s_request with { Portal = 7 }, Item(("nonsense", "x"))));

        Assert.Equal((true, "portal"), (finding.Refuses, finding.Subject));
        Assert.Contains("for the account 7, and the token in HUBSPOT_TOKEN belongs to 48000001", finding.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Log.Count);
    }

    [Fact]
    public async Task Preflight_ScopesMissing_NamesThemAll()
    {
        PreflightFinding finding = Assert.Single(await CheckAsync(
            s_request,
            options => options with { Scopes = ["crm.objects.companies.read", "crm.objects.companies.write", "crm.schemas.companies.read", "crm.objects.contacts.read"] },
            Item(("type", "CUSTOMER"))));

        Assert.Equal(
            (true, "The token in HUBSPOT_TOKEN lacks the scopes crm.objects.contacts.write, crm.schemas.contacts.read."), (finding.Refuses, finding.Message));
    }

    [Fact]
    public async Task Preflight_TokenThatIsNotAccepted_Refuses()
    {
        PreflightFinding finding = Assert.Single(await CheckAsync(s_request, options => options with { Token = "another" }, Item(("type", "CUSTOMER"))));

        Assert.Equal((true, "token"), (finding.Refuses, finding.Subject));
        Assert.Contains("HUBSPOT_TOKEN is not accepted", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "x", "no property 'nonsense'")]
    [InlineData("score", "1", "is calculated")]
    [InlineData("hs_object_id", "1", "is read-only")]
    public async Task Preflight_PropertyThatCannotBeWritten_Refuses(string property, string value, string part)
    {
        PlannedItem[] items = [.. Enumerable.Range(1, 99).Select(_ => Item(("type", "CUSTOMER"))), Item((property, value))];

        PreflightFinding finding = Assert.Single(await CheckAsync(s_request, items));

        Assert.Equal((true, $"companies.{property}"), (finding.Refuses, finding.Subject));
        Assert.Contains(part, finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(9, true)]
    public async Task Preflight_ValuesThatTheAccountRefuses_WarnUntilTheyAreTooMany(int count, bool refuses)
    {
        PlannedItem[] items =
        [
            .. Enumerable.Range(1, 100 - count).Select(_ => Item(("type", "CUSTOMER"))),
            .. Enumerable.Range(1, count).Select(no => Item(("type", "Customer")) with { LegacyId = $"L{no}" }),
        ];

        PreflightFinding finding = Assert.Single(await CheckAsync(s_request, items));

        Assert.Equal((refuses, "companies.type"), (finding.Refuses, finding.Subject));
        Assert.Contains($"HubSpot would refuse {count} records (the first is L1): The value is none of its 2 options.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_LengthRule_IsKnownFromTheAccount()
        => Assert.Contains("longer than 5 characters (MAX_LENGTH)", Assert.Single(await CheckAsync(s_request, Item(("code", "abcdef")))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Preflight_ConditionOfThePortalFile_IsKept()
    {
        PreflightRequest request = s_request with
        {
            File = new PortalFile
            {
                Portal = Portal,
                Objects = new Dictionary<string, PortalObject>
                {
                    ["companies"] = new() { Rules = new PortalRules { Conditional = [new HubSpot.Portal.ConditionalRule("type", ["PROSPECT"], ["code"])] } },
                },
            },
        };

        PreflightFinding finding = Assert.Single(await CheckAsync(request, Item(("type", "PROSPECT"), ("code", ""))));

        Assert.Equal("companies.code", finding.Subject);
        Assert.Contains("must have a value while 'type' is PROSPECT", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_MoreCallsThanTheDayHas_WarnsAndSaysWhenItEnds()
    {
        PreflightFinding finding = Assert.Single(await CheckAsync(
            s_request with { Calls = 10_000_000 }, options => options with { TimeZone = "Europe/Paris" }, Item(("type", "CUSTOMER"))));

        Assert.Equal((false, "calls"), (finding.Refuses, finding.Subject));
        Assert.Contains("2026-11-21 00:00 +01:00", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_DayThatIsOver_Refuses()
    {
        await using SandboxServer server = await StartAsync(options => options with { Traps = [SandboxTrap.Parse("daily-limit,from=2")] });

        PreflightFinding finding = Assert.Single(await CheckAsync(server, s_request, Item(("type", "CUSTOMER"))));

        Assert.Equal((true, "calls"), (finding.Refuses, finding.Subject));
        Assert.Contains("Push again after 2026-11-21 00:00 +00:00", finding.Fix, StringComparison.Ordinal);
    }

    private static PlannedItem Item(params (string Name, string Value)[] values) => new(
        "companies", "companies", 1, "L1", values.ToDictionary(value => value.Name, value => value.Value), new Dictionary<string, string?>());

    private static Task<IReadOnlyList<PreflightFinding>> CheckAsync(PreflightRequest request, params PlannedItem[] items) => CheckAsync(request, options => options, items);

    private static async Task<IReadOnlyList<PreflightFinding>> CheckAsync(PreflightRequest request, Func<SandboxOptions, SandboxOptions> change, params PlannedItem[] items)
    {
        await using SandboxServer server = await StartAsync(change);
        return await CheckAsync(server, request, items);
    }

    private static async Task<IReadOnlyList<PreflightFinding>> CheckAsync(SandboxServer server, PreflightRequest request, params PlannedItem[] items)
    {
        var before = server.Portal.Snapshot();
        var settings = HubspotSettings.Resolve(new HubspotDefinition { Base = server.Base.AbsoluteUri, Token = "env:HUBSPOT_TOKEN" }, _ => "token-of-the-test");
        using var client = new HubspotClient(settings, new MemoryBucket(server.Portal.Clock), server.Portal.Clock);
        IReadOnlyList<PreflightFinding> findings = await new PushPreflight(client, settings, server.Portal.Clock)
            .CheckAsync(request, Stream(items, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Assert.Equal(before, server.Portal.Snapshot());
        return findings;
    }

    private static async IAsyncEnumerable<PlannedItem> Stream(PlannedItem[] items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (PlannedItem item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }

        await Task.CompletedTask;
    }

    private static Task<SandboxServer> StartAsync(Func<SandboxOptions, SandboxOptions> change)
    {
        var portal = new SandboxPortal(Portal, new FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero)));
        ObjectStore companies = portal.Store("companies");
        companies.Define(new SandboxProperty("type") { Type = "enumeration", FieldType = "select", Options = ["CUSTOMER", "PROSPECT"] });
        companies.Define(new SandboxProperty("score") { Type = "number", FieldType = "calculation_equation", IsCalculated = true });
        companies.Define(new SandboxProperty("code") { Rules = [new PropertyRule("MAX_LENGTH", ["5"])] });
        portal.Store("calls");
        return SandboxServer.StartAsync(change(new SandboxOptions { Portal = portal, Token = "token-of-the-test" }), TestContext.Current.CancellationToken);
    }
}
