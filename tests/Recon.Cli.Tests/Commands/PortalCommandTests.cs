using System.Text.Json;
using Npgsql;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Portal;
using Recon.Sandbox;
using Recon.Sandbox.Api;
using Recon.Sandbox.Mirror;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary><c>recon portal pull</c> and <c>recon check --portal</c>, with the sandbox over the demo mirror.</summary>
public sealed class PortalCommandTests(PostgresServer server) : IAsyncLifetime
{
    private const string Token = "sandbox-token-1f";

    private readonly TempFolder _folder = new();
    private TestDatabase _database = null!;
    private SandboxServer _sandbox = null!;

    private string PortalPath => Path.Combine(_folder.Path, "portal.json");

    public async ValueTask InitializeAsync()
    {
        _database = await DemoDatabase.CreateAsync(server);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(_database.ConnectionString);
        MirrorPortal mirror = await MirrorPortal.LoadAsync(
            source, DefinitionReader.Read(DemoDatabase.Definition).Definition!, null, TimeProvider.System, TestContext.Current.CancellationToken);
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Portal = mirror.Portal, Token = Token }, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Pull_ThenCheckOfTheShippedDefinition_FindsNothing()
    {
        CliRun pull = await PullAsync("--json");

        Assert.True(pull.ExitCode == 0, pull.Error);
        JsonElement objects = JsonDocument.Parse(pull.Out).RootElement.GetProperty("objects");
        Assert.Equal(["calls", "companies", "contacts", "deals", "emails", "meetings", "tasks"], objects.EnumerateObject().Select(each => each.Name));
        CliRun check = await CheckAsync();
        Assert.True(check.ExitCode == 0, check.Out);
        Assert.Equal("0 errors, 0 warnings, 4 checks passed.", check.Out.Trim());
    }

    [Fact]
    public async Task Check_WhatTheAccountWouldRefuse_IsPlacedInTheDefinition()
    {
        await PullAsync();
        PortalFile file = PortalFile.Read(PortalPath, await File.ReadAllBytesAsync(PortalPath, TestContext.Current.CancellationToken));
        await WriteAsync(file with
        {
            Objects = file.Objects.ToDictionary(pair => pair.Key, pair => pair.Value with
            {
                Properties = [.. pair.Value.Properties.Where(property => property.Name != "hs_call_title")
                    .Select(property => property.Name == "dealstage" ? property with { ReadOnly = true } : property)],
                Rules = pair.Key == "companies" ? new PortalRules { Values = [new ValueRule("city", "MAX_LENGTH", ["4"])] } : pair.Value.Rules,
            }),
        });

        CliRun run = await CheckAsync("--json");

        Assert.Equal(2, run.ExitCode);
        JsonElement[] findings = [.. JsonDocument.Parse(run.Out).RootElement.GetProperty("findings").EnumerateArray().Where(each => each.GetProperty("severity").GetString() != "ok")];
        Assert.Equal(
            [
                "warning portal-length portal length companies.city",
                "error portal-read-only portal read-only deals.dealstage",
                "error portal-property portal property calls.hs_call_title",
            ],
            findings.Select(each => $"{each.GetProperty("severity").GetString()} {each.GetProperty("code").GetString()} {each.GetProperty("subject").GetString()}"));
        Assert.All(findings, each => Assert.Matches(@"pipeline\.json:\d+:\d+ \$\.pipelines\[", each.GetProperty("place").GetString()!));
    }

    [Fact]
    public async Task Check_PortalFileOfAnotherAccount_IsRefused()
    {
        await PullAsync();
        PortalFile file = PortalFile.Read(PortalPath, await File.ReadAllBytesAsync(PortalPath, TestContext.Current.CancellationToken));
        await WriteAsync(file with { Portal = 7 });

        Assert.Contains("is of the account 7, and the definition names", (await CheckAsync()).Out, StringComparison.Ordinal);
        CliRun pull = await PullAsync();
        Assert.Equal(2, pull.ExitCode);
        Assert.Contains("is of the account 7, and the token in RECON_HUBSPOT_TOKEN belongs to", pull.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_OverTheDefinition_IsRefused()
    {
        CliRun run = await RunAsync(Token, "portal", "pull", "--out", DemoDatabase.Definition);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("would write over the definition", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 2, "RECON_HUBSPOT_TOKEN (\"hubspot.token\")")]
    [InlineData("wrong-token-9", 4, "the token in RECON_HUBSPOT_TOKEN is not accepted")]
    public async Task Pull_TokenMissingOrWrong_SaysSoAndWritesNothing(string? token, int exitCode, string part)
    {
        CliRun run = await RunAsync(token, "portal", "pull", "--out", PortalPath);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-token-9", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(PortalPath));
    }

    [Fact]
    public async Task Check_PortalAndTests_AreNotOneCheck()
        => Assert.Equal(2, (await RunAsync(Token, "check", "--tests", "--portal", PortalPath)).ExitCode);

    private Task WriteAsync(PortalFile file) => File.WriteAllBytesAsync(PortalPath, file.Write(), TestContext.Current.CancellationToken);

    private Task<CliRun> PullAsync(params string[] more) => RunAsync(Token, ["portal", "pull", "--out", PortalPath, .. more]);

    // No database is named: it needs none.
    private Task<CliRun> CheckAsync(params string[] more) => RunAsync(Token, ["check", "--portal", PortalPath, .. more]);

    private Task<CliRun> RunAsync(string? token, params string[] args)
    {
        Dictionary<string, string> environment = new() { ["RECON_HUBSPOT_BASE"] = _sandbox.Base.AbsoluteUri };
        if (token is not null)
        {
            environment["RECON_HUBSPOT_TOKEN"] = token;
        }

        return CliRun.InAsync(environment, [.. args, "--definition", DemoDatabase.Definition]);
    }
}
