using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class DefinitionTestCommandTests
{
    private static string Shipped { get; } = Path.Combine(Repository.Root, "pipeline.json");

    [Fact]
    public async Task CheckTests_ShippedDefinition_PassesWithoutAServer()
    {
        CliRun run = await CliRun.OfAsync("check", "--tests", "--definition", Shipped, "--postgres", "Host=nowhere.invalid");

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith(" passed, 0 failed.\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckTests_WrongExpectation_IsToldWithBothSidesAndExit2()
    {
        string folder = Directory.CreateTempSubdirectory("recon-tests-").FullName;
        string definition = Path.Combine(folder, "pipeline.json");
        string text = await File.ReadAllTextAsync(Shipped);
        await File.WriteAllTextAsync(definition, text.Replace("\"update\": { \"type\": \"Customer\" }", "\"update\": { \"type\": \"Agent\" }", StringComparison.Ordinal));

        CliRun run = await CliRun.OfAsync("check", "companies", "--tests", "--definition", definition);
        CliRun json = await CliRun.OfAsync("check", "companies", "--tests", "--definition", definition, "--json");

        Directory.Delete(folder, recursive: true);
        Assert.Equal((2, 2), (run.ExitCode, json.ExitCode));
        Assert.Contains("1001 update.type: expected \"Agent\", got \"Customer\"", run.Out, StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(json.Out).RootElement.GetProperty("failed").GetInt32());
    }
}
