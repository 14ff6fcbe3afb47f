using System.Text.Json;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>What no command may pass on to a terminal, wherever it comes from: the export, the mirror, names of files, arguments.</summary>
public sealed class TerminalTextTests(PostgresServer server)
{
    /// <summary>Sets a title, rings, colours by a C1 control, turns the direction of text in both ways.</summary>
    internal const string Hostile = "\u001B]0;x\u0007\u009B31m\u202Eab\u2066\u0085\u007F";

    private const string Header = "Comp_CompanyId,Comp_Name,Comp_Type,Comp_WebSite,Comp_PhoneNumber,Comp_Territory,Comp_Sector,"
        + "Comp_Employees,Comp_Revenue,Comp_Source,Addr_Street1,Addr_City,Addr_State,Addr_PostCode,Addr_Country\n";

    [Fact]
    public async Task EveryCommand_DataThatGivesOrdersToATerminal_ShowsThem()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        string file = folder.File($"companies{(OperatingSystem.IsWindows() ? "" : Hostile)}.csv");
        await File.WriteAllTextAsync(
            file, Header + Row("1001") + Row("1002") + Row($"7{Hostile}") + $"1003,\"{Hostile}\n", TestContext.Current.CancellationToken);
        string[][] commands =
        [
            ["run", "companies", "--input", file, "--dry-run"],
            ["run", "companies", "--input", file, "--dry-run", "--json"],
            ["check", "companies"],
            ["run", "companies", "--input", file, "--publish-anyway", "--metrics", "console"],
            ["run", "companies", "--input", file, "--publish-anyway", "--json"],
            ["show", "companies"],
            ["show", "companies", "--json"],
            ["explain", "companies", "1001", "--input", file],
            ["explain", "companies", "1001", "--input", file, "--json"],
            ["explain", "companies", $"7{Hostile}", "--input", file],
            ["stats"],
            ["stats", "--json"],
            ["log"],
            ["log", "--json"],
            ["load", "companies", "--input", file],
            ["sql", "companies", "match", "--execute"],
            ["sql", "companies", "updates", "--execute", "--format", "json"],
            ["export", "companies", "--out", folder.File("pack" + Hostile)],
            ["export", "companies", "--out", folder.File("pack" + Hostile)],
            ["tune", "companies", "--input", file + "-"],
            ["run", Hostile],
            ["show", "companies", "--status", Hostile],
            [Hostile],
            ["generate", "--rows", "1", "--out", folder.File("sample" + Hostile)],
            ["mapping"],
            ["graph", "companies"],
        ];
        HashSet<int> codes = [];
        bool told = false;

        foreach (string[] command in commands)
        {
            string[] last = command[0] == Hostile ? [] : ["--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];
            CliRun run = await CliRun.OfAsync([.. command, .. last]);

            AssertHarmless(run);
            _ = codes.Add(run.ExitCode);
            told |= run.Out.Contains("\\u001B", StringComparison.Ordinal) || run.Error.Contains("\\u001B", StringComparison.Ordinal);
        }

        Assert.True(told);
        Assert.Equal([0, 2], codes.Order());
    }

    [Fact]
    public async Task Json_DataThatGivesOrdersToATerminal_IsTheSameToAParser()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        string file = folder.File("companies.csv");
        await File.WriteAllTextAsync(file, Header + Row("1001"), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await database.ReconAsync("run", "companies", "--input", file)).ExitCode);

        CliRun run = await database.ReconAsync("show", "companies", "--json");

        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal($"A{Hostile}Z", document.RootElement.GetProperty("rows")[0].GetProperty("legacy_name").GetString());
    }

    [Fact]
    public void Escape_LinesAndTabs_Stay()
        => Assert.Equal("a\r\n\tb\\u000D\\u202E", TerminalText.Escape("a\r\n\tb\r\u202E"));

    internal static void AssertHarmless(CliRun run)
    {
        foreach (string text in (string[])[run.Out, run.Error])
        {
            Assert.DoesNotContain(text, character => (char.IsControl(character) && character is not ('\n' or '\t')) || character is '\u202E' or '\u2066');
        }
    }

    private static string Row(string id) => $"{id},A{Hostile}Z,{Hostile},{Hostile},{Hostile},,,{Hostile},,,,A{Hostile},,,\n";
}
