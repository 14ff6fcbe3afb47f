using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class ExplainCommandTests(PostgresServer server)
{
    [Fact]
    public async Task Explain_RecordOfTheSample_TellsItsStoryInTextAndJson()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun text = await database.ReconAsync("explain", "companies", "1001");
        CliRun json = await database.ReconAsync("explain", "companies", "1001", "--json");
        CliRun masked = await database.ReconAsync("explain", "companies", "1001", "--mask");
        CliRun maskedJson = await database.ReconAsync("explain", "companies", "1001", "--json", "--mask");
        CliRun unknown = await database.ReconAsync("explain", "companies", "999999999");

        Assert.Equal((0, 0, 0, 0, 2), (text.ExitCode, json.ExitCode, masked.ExitCode, maskedJson.ExitCode, unknown.ExitCode));
        Assert.StartsWith("companies 1001: matched, HubSpot ", text.Out, StringComparison.Ordinal);
        Assert.Contains("bronze_layer/Bronze_Company.csv, line 2, byte ", text.Out, StringComparison.Ordinal);
        Assert.Contains("hubspot.companies  icalps_company_id = 1001", text.Out, StringComparison.Ordinal);
        Assert.Contains("domain: liavelbor0.example.com", text.Out, StringComparison.Ordinal);
        JsonElement record = JsonDocument.Parse(json.Out).RootElement.GetProperty("records")[0];
        Assert.Equal("matched", record.GetProperty("outcome").GetString());
        Assert.Equal(15, record.GetProperty("properties").GetArrayLength());
        Assert.Equal(20, record.GetProperty("cells").GetArrayLength());
        Assert.DoesNotContain("Liavelbor", masked.Out, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Liavelbor", maskedJson.Out, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("no record in bronze_layer/Bronze_Company.csv has the id 999999999", unknown.Out, StringComparison.Ordinal);
    }
}
