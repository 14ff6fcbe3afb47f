using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

/// <summary>What shells offer, asked of the shells themselves.</summary>
public sealed class CompletionCommandTests
{
    private static readonly string s_bash = """
        source <(recon completion bash)
        COMP_LINE=$1; COMP_POINT=${#1}
        read -ra COMP_WORDS <<< "$1"
        [[ $1 == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _recon
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    private static readonly string s_fish = "source (recon completion fish | psub); complete --do-complete $argv[1]";

    [Theory]
    [InlineData("recon st", "stats")]
    [InlineData("recon show --st", "--status")]
    [InlineData("recon show --status m", "matched")]
    [InlineData("recon show comp", "companies")]
    [InlineData("recon sql companies u", "unmatched", "updates")]
    [InlineData("recon run companies --max-sh", "--max-shrink")]
    public async Task Bash_Offers(string line, params string[] words)
        => Assert.Equal(words, await OfferedAsync("bash", ["-c", s_bash, "bash", line]));

    [Theory]
    [InlineData("recon st", "stats")]
    [InlineData("recon show --status m", "matched")]
    [InlineData("recon show comp", "companies")]
    public async Task Fish_Offers(string line, params string[] words)
        => Assert.Equal(words, await OfferedAsync("fish", ["--no-config", "-c", s_fish, line]));

    [Theory]
    [InlineData("zsh", "#compdef recon")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName recon")]
    public async Task Script_OfAShell_RegistersItself(string shell, string line)
    {
        CliRun run = await CliRun.OfAsync("completion", shell);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(line, run.Out, StringComparison.Ordinal);
        Assert.Contains("[suggest:", run.Out, StringComparison.Ordinal);
        Assert.Equal(run.Out, JsonDocument.Parse((await CliRun.OfAsync("completion", shell, "--json")).Out).RootElement.GetProperty("script").GetString());
    }

    [Fact]
    public async Task Zsh_Script_IsZsh()
        => Assert.Equal(["ok"], await OfferedAsync(
            "zsh", ["-f", "-c", "recon completion zsh | zsh -f -n && autoload -U compinit && compinit -u -D && source <(recon completion zsh) && [[ $_comps[recon] == _recon ]] && echo ok"]));

    [Fact]
    public async Task Shell_Unknown_IsRefusedWithTheOnesThereAre()
    {
        CliRun run = await CliRun.OfAsync("completion", "bsh");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("The shell takes bash, zsh, fish or pwsh, not 'bsh'. Did you mean 'bash'?", run.Error, StringComparison.Ordinal);
    }

    private static async Task<string[]> OfferedAsync(string shell, string[] args)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The shells of Windows are others.");
        using TempFolder folder = TempFolder.WithDefinition();
        var start = new ProcessStartInfo(shell, args) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = folder.Path;
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal("", await error);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"There is no {shell} on this machine.");
            throw;
        }
    }
}
