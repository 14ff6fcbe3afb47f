using System.Text;
using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class ProfileCommandTests
{
    [Fact]
    public async Task Profile_OfAShippedFile_PrintsWhatThePageShows()
    {
        CliRun run = await CliRun.OfAsync("profile", Repository.Shipped("Bronze_Company.csv"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "profile.md"), TestContext.Current.CancellationToken);
        Assert.Contains($"$ recon profile bronze_layer/Bronze_Company.csv\n{run.Out.Replace(Repository.Root + "/", "", StringComparison.Ordinal)}```", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_AsJson_GivesOneDocumentWithTheEvidence()
    {
        CliRun run = await CliRun.OfAsync("profile", Repository.Shipped("Bronze_Company.csv"), "--json");

        JsonElement profile = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal((300, 4), (profile.GetProperty("records").GetInt64(), profile.GetProperty("malformed").GetInt64()));
        JsonElement csv = profile.GetProperty("csv");
        Assert.Equal(("utf-8", true, ",", true), (csv.GetProperty("encoding").GetProperty("value").GetString(), csv.GetProperty("encoding").GetProperty("certain").GetBoolean(), csv.GetProperty("delimiter").GetProperty("value").GetString(), csv.GetProperty("header").GetProperty("value").GetBoolean()));
        JsonElement phone = profile.GetProperty("columns").EnumerateArray().Single(column => column.GetProperty("name").GetString() == "Comp_PhoneNumber");
        Assert.Equal(("phone", "FR"), (phone.GetProperty("kind").GetString(), phone.GetProperty("conversion").GetProperty("value").GetProperty("region").GetString()));
        Assert.False(phone.TryGetProperty("values", out _));
        Assert.Contains(profile.GetProperty("damage").EnumerateArray(), damage => damage.GetProperty("kind").GetString() == "repeated-ids");
    }

    [Fact]
    public async Task Profile_WithoutValues_ShowsNoneOfThem()
    {
        string file = Repository.Shipped("Bronze_Person.csv");
        string name = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))[1].Split(',')[8];

        string[] without = [(await CliRun.OfAsync("profile", file)).Out, (await CliRun.OfAsync("profile", file, "--json")).Out];
        string[] with = [(await CliRun.OfAsync("profile", file, "--values")).Out, (await CliRun.OfAsync("profile", file, "--values", "--json")).Out];

        Assert.All(without, text => Assert.DoesNotContain("@example", text, StringComparison.Ordinal));
        Assert.All(with, text => Assert.Contains("@example", text, StringComparison.Ordinal));
        Assert.Contains("@example", name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-", "Standard input")]
    [InlineData("nothing-here.csv", "There is no file")]
    public async Task Profile_OfWhatCannotBeUsed_ExitsWith2(string path, string why)
    {
        CliRun run = await CliRun.OfAsync("profile", path);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_OfWhatTheDataDoesNotDecide_ShowsBothReadings()
    {
        using var folder = new TempFolder();
        string file = folder.File("export.csv");
        string rows = string.Concat(Enumerable.Range(1, 30).Select(index => $"{index};{1 + (index % 12):00}/{1 + (index % 11):00}/2020;1.{index + 100}\r\n"));
        await File.WriteAllBytesAsync(file, Encoding.Latin1.GetBytes($"Id;Créé;Montant\r\n{rows}"), TestContext.Current.CancellationToken);

        CliRun run = await CliRun.OfAsync("profile", file);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("dd/MM/yyyy?", run.Out, StringComparison.Ordinal);
        Assert.Contains("Or MM/dd/yyyy (it reads all of them, too).", run.Out, StringComparison.Ordinal);
        Assert.Contains("separator may be that of thousands or that of decimals", run.Out, StringComparison.Ordinal);
    }
}
