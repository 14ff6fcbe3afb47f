using System.Text.Json;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

public sealed class VersionTests
{
    [Fact]
    public async Task Version_TellsCommitAndDate()
    {
        CliRun run = await CliRun.OfAsync("--version");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(ToolVersion.Current.Text + "\n", run.Out);
    }

    [Fact]
    public async Task Version_Json_HasTheWholeCommit()
    {
        CliRun run = await CliRun.OfAsync("--version", "--json");

        JsonElement version = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", version.GetProperty("version").GetString());
        Assert.Equal(ToolVersion.Current.Commit, version.GetProperty("commit").GetString());
        Assert.Equal(ToolVersion.Current.Date, version.GetProperty("date").GetString());
    }

    [Fact]
    public void Current_BuiltFromARepositoryOrNot_HasWhatIsKnown()
    {
        // A checkout has both; an archive of the sources has neither.
        Assert.Equal(ToolVersion.Current.Commit is null, ToolVersion.Current.Date is null);
    }

    [Theory]
    [InlineData("1.2.3", null, null)]
    [InlineData("1.2.3 (0123456789ab)", "0123456789abcdef", null)]
    [InlineData("1.2.3 (0123456789ab, 2026-01-31)", "0123456789abcdef", "2026-01-31")]
    public void Text_IsOneLine(string expected, string? commit, string? date)
        => Assert.Equal(expected, new ToolVersion("1.2.3", commit, date).Text);
}
