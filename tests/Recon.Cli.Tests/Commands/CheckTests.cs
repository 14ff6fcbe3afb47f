using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class CheckTests(PostgresServer server)
{
    [Fact]
    public async Task Check_OfShippedDefinition_FindsNoError()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun check = await database.ReconAsync("check", "--json");

        using JsonDocument document = JsonDocument.Parse(check.Out);
        Assert.True(check.ExitCode == 0, check.Out);
        Assert.Equal(0, document.RootElement.GetProperty("errors").GetInt32());
        Assert.True(document.RootElement.GetProperty("findings").GetArrayLength() > 0);
    }

    [Fact]
    public async Task Check_MissingColumn_Exits2AndSaysWhere()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ExecuteAsync("alter table hubspot.deals drop column amount");

        CliRun check = await database.ReconAsync("check", "deals");

        Assert.Equal(2, check.ExitCode);
        Assert.Matches(@"pipeline\.json:\d+:\d+: \$\.pipelines\[2\]\S*: error: .*amount", check.Out);
        Assert.DoesNotContain(" ok: ", check.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ServerNotThere_Exits4AndStillChecksTheFiles()
    {
        CliRun check = await CliRun.OfAsync(
            "check", "--definition", DemoDatabase.Definition, "--postgres", "Host=127.0.0.1;Port=1;Username=x;Database=y", "--json");

        using JsonDocument document = JsonDocument.Parse(check.Out);
        string[] subjects = [.. document.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("subject").GetString()!)];
        Assert.Equal(4, check.ExitCode);
        Assert.Contains("connection", subjects);
        Assert.True(subjects.Length > 1);
    }
}
