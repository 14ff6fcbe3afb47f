using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary><c>.ci/tests</c>, with a program in place of a test binary that says what one would.</summary>
public sealed class TestScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("echo '  Some.Tests  Total: 9, Errors: 0, Failed: 0, Skipped: 1, Not Run: 3, Time: 1s'", 0, "5 0 1")]
    [InlineData("printf 'Total: 9, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1s\\n\\033[0m'", 0, "9 0 0")]
    [InlineData("echo 'Total: 9, Errors: 1, Failed: 2, Skipped: 0, Not Run: 0, Time: 1s'; exit 3", 1, "6 3 0")]
    [InlineData("echo 'Total: 4, Errors: 0, Failed: 0, Skipped: 0, Not Run: 4, Time: 0s'", 1, "0 1 0")]
    [InlineData("echo 'Total: 0'", 1, "0 1 0")]
    [InlineData("exit 0", 1, "0 1 0")]
    [InlineData("echo 'Total: 4, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0s'; exit 134", 1, "4 1 0")]
    public async Task Tests_Binary_PassesOnlyIfItRanSomethingAndAllOfItPassed(string body, int exitCode, string counts)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The script needs bash.");
        string binary = _folder.File("tests");
        await File.WriteAllTextAsync(binary, body, TestContext.Current.CancellationToken);

        (int ended, string said, string error) = await DotnetTool.RunAsync(
            "bash", Repository.Root, [], Path.Combine(Repository.Root, ".ci", "tests"), "sh", binary);

        Assert.Equal((exitCode, counts, ""), (ended, said.TrimEnd().Split('\n')[^1], error));
    }

    public void Dispose() => _folder.Dispose();
}
