using System.Diagnostics;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary><c>.ci/audit</c>, with programs in place of <c>dotnet</c> and <c>curl</c> that say what the sources would.</summary>
public sealed class AuditScriptTests : IDisposable
{
    private const string Clean = """{"sources": ["https://packages.example/index.json"], "projects": []}""";
    private const string Vulnerable = """{"sources": ["https://packages.example/index.json"], "projects": [{"vulnerabilities": [{"severity": "High"}]}]}""";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Audit_SourceKnowsOfNone_Passes()
        => Assert.Equal((0, "AUDIT PASSED"), await RunAsync($"echo '{Clean}'", "echo VulnerabilityInfo/6.7.0"));

    [Fact]
    public async Task Audit_VulnerablePackage_Fails()
        => Assert.Equal((1, "AUDIT FAILED"), await RunAsync($"echo '{Vulnerable}'", "echo VulnerabilityInfo/6.7.0"));

    [Fact]
    public async Task Audit_SourceWithoutSuchData_SaysSoAndDoesNotFail()
        => Assert.Equal((0, "AUDIT NOT DONE"), await RunAsync($"echo '{Clean}'", "echo PackageBaseAddress/3.0.0"));

    [Fact]
    public async Task Audit_SourceOutOfReach_SaysSoAndDoesNotFail()
        => Assert.Equal((0, "AUDIT NOT DONE"), await RunAsync($"echo '{Clean}'", "exit 6"));

    [Fact]
    public async Task Audit_ListFails_SaysSoAndDoesNotFail()
        => Assert.Equal((0, "AUDIT NOT DONE"), await RunAsync("echo 'error: no network'; exit 1", "exit 6"));

    public void Dispose() => _folder.Dispose();

    // The exit code and what the last line starts with.
    private async Task<(int ExitCode, string Verdict)> RunAsync(string dotnet, string curl)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The script needs bash.");
        await StandInAsync("dotnet", dotnet);
        await StandInAsync("curl", curl);
        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, ".ci", "audit")]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("GITHUB_ACTIONS");
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string last = output.TrimEnd().Split('\n')[^1];
        return (process.ExitCode, last.Split(':')[0]);
    }

    private async Task StandInAsync(string program, string body)
    {
        string path = _folder.File(program);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{body}\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
