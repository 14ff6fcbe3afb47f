using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary><c>recon sandbox</c> as a process, over the demo mirror.</summary>
public sealed class SandboxCommandTests(PostgresServer server)
{
    [Fact]
    public async Task Sandbox_UntilASignal_ServesTheMirrorAtTheAddressThatItPrints()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        long companies = await database.QueryValueAsync<long>("select count(*) from hubspot.companies where not archived");
        string id = (await database.QueryValueAsync<string>("select hs_object_id::text from hubspot.companies where not archived limit 1"))!;
        await using CliProcess process = CliProcess.Start(
            Repository.Root, [], ["sandbox", "--trap", "errors-in-200,on=update", "--definition", DemoDatabase.Definition, "--postgres", database.ConnectionString]);
        string[] lines = await FirstLinesAsync(process, 2);
        Assert.Matches(@"^export RECON_HUBSPOT_BASE=http://127\.0\.0\.1:[0-9]+$", lines[0]);
        Assert.Matches("^export RECON_HUBSPOT_TOKEN=[!-~]+$", lines[1]);
        using HttpClient client = Visitor(lines[0].Split('=')[1], lines[1].Split('=')[1]);

        string records = await client.GetStringAsync("/sandbox/records");
        using var update = new StringContent(
            $$"""{"inputs":[{"id":"{{id}}","objectWriteTraceId":"1","properties":{"name":"x"} }]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage updated = await client.PostAsync("/crm/objects/2026-09/companies/batch/update", update);
        process.Signal(2);
        CliRun end = await process.EndAsync();

        Assert.Equal(companies, JsonDocument.Parse(records).RootElement.EnumerateObject().Count(record => record.Name.StartsWith("companies/", StringComparison.Ordinal)));
        Assert.Contains("\"numErrors\":1", await updated.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(end.ExitCode == 0, end.Error);
        Assert.Contains("Trap: errors-in-200,on=update", end.Error, StringComparison.Ordinal);
        Assert.Contains("The sandbox has answered 1 call.", end.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(lines[1].Split('=')[1], end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sandbox_AsJson_IsOneDocument()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using CliProcess process = CliProcess.Start(
            Repository.Root, [], ["sandbox", "--json", "--definition", DemoDatabase.Definition, "--postgres", database.ConnectionString]);

        JsonElement told = JsonDocument.Parse(string.Concat(await FirstLinesAsync(process, 5))).RootElement;
        using HttpClient client = Visitor(told.GetProperty("base").GetString()!, told.GetProperty("token").GetString()!);
        JsonElement account = JsonDocument.Parse(await client.GetStringAsync("/account-info/v3/details")).RootElement;

        Assert.Equal(told.GetProperty("portal").GetInt64(), account.GetProperty("portalId").GetInt64());
    }

    [Theory]
    [InlineData("--trap", "earthquake", "no trap 'earthquake'")]
    [InlineData("--trap", "slow=soon", "takes milliseconds")]
    [InlineData("--mirror", "nowhere", "no table nowhere.companies")]
    [InlineData("--port", "0", "--port takes a number from 1 to 65535")]
    public async Task Sandbox_OptionThatCannotBe_IsRefused(string option, string value, string expected)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("sandbox", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sandbox_TrapList_TellsAllOfThem()
    {
        CliRun run = await CliRun.OfAsync("sandbox", "--trap", "list");

        Assert.Equal(0, run.ExitCode);
        Assert.All(TrapInfo.All, info => Assert.Contains(info.Description, run.Out, StringComparison.Ordinal));
    }

    private static async Task<string[]> FirstLinesAsync(CliProcess process, int count)
    {
        await Until.TrueAsync(
            () => $"{count} lines, beside: {process.ErrorSoFar}",
            () => Task.FromResult(process.OutputSoFar.Count(each => each == '\n') >= count || process.HasExited),
            TestContext.Current.CancellationToken);
        Assert.False(process.HasExited, process.ErrorSoFar);
        return [.. process.OutputSoFar.Split('\n').Take(count).Select(line => line.TrimEnd())];
    }

    private static HttpClient Visitor(string address, string token)
        => new() { BaseAddress = new Uri(address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
}
