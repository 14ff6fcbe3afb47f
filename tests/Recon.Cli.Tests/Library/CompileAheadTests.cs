using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary>What a Release build compiles to machine code.</summary>
public sealed class CompileAheadTests
{
    private static readonly string[] s_platforms = ["linux-x64", "linux-arm64", "osx-x64", "osx-arm64", "win-x64", "win-arm64"];

    // The portable one: a distribution's own runtime names the distribution.
    private static string Platform
        => $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    [Theory]
    [InlineData("Recon.Cli", "recon")]
    [InlineData("Recon.Cli", "Recon.Dataflow")]
    [InlineData("Recon.Cli", "Recon.Postgres")]
    [InlineData("Recon.Cli", "Npgsql")]
    [InlineData("Recon.Cli", "OpenTelemetry")]
    [InlineData("Recon.Cli", "OpenTelemetry.Exporter.OpenTelemetryProtocol")]
    [InlineData("Recon.Benchmarks", "Recon.Benchmarks")]
    [InlineData("Recon.Benchmarks", "Recon.Postgres")]
    public void ReleaseBuild_HotAssembly_HoldsMachineCode(string project, string name)
    {
        Assert.SkipUnless(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)) == "release",
            "Only a Release build compiles ahead; these tests were built in another configuration. .ci/run runs them from that build.");
        Assert.SkipUnless(s_platforms.Contains(Platform), $"There is no compiler for {Platform}.");
        string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, "release", name + ".dll"));

        using var file = new PEReader(File.OpenRead(path));

        // ReadyToRun code is found through the managed native header.
        Assert.True(
            file.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0,
            $"{path} holds no machine code. CompileAhead.targets should have put it there, unless the build was told -p:CompileAhead=false.");
    }

    [Fact]
    public async Task Build_PackagesFolderWithoutSlash_FindsTheCompiler()
    {
        (int exitCode, string found, string error) = await MsbuildAsync("-p:NuGetPackageRoot=/packages", "-getProperty:CompileAheadTool");

        Assert.True(exitCode == 0, found + error);
        Assert.StartsWith("/packages/microsoft.netcore.app.crossgen2.", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_CompilerMissing_FailsUnlessToldToDoWithout()
    {
        Assert.SkipUnless(s_platforms.Contains(Platform), $"There is no compiler for {Platform}.");

        (int exitCode, string said, _) = await MsbuildAsync("-p:NuGetPackageRoot=/nowhere", "-t:RequireAheadCompiler");
        (int without, _, _) = await MsbuildAsync("-p:NuGetPackageRoot=/nowhere", "-t:RequireAheadCompiler", "-p:CompileAhead=false");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("recon cannot be compiled ahead: /nowhere/microsoft.netcore.app.crossgen2.", said, StringComparison.Ordinal);
        Assert.Contains("-p:CompileAhead=false", said, StringComparison.Ordinal);
        Assert.Equal(0, without);
    }

    [Fact]
    public void Build_ExecutableAssembly_IsInTheListOfFilesThatTheNextBuildKeeps()
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

        string[] kept = File.ReadAllLines(Path.Combine(artifacts, "obj", "Recon.Cli", configuration, "Recon.Cli.csproj.FileListAbsolute.txt"));

        Assert.Contains(Path.Combine(artifacts, "bin", "Recon.Cli", configuration, "recon.dll"), kept);
    }

    [Fact]
    public void Benchmarks_RuntimeSettings_AreThoseOfRecon()
    {
        string bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

        Assert.Equal(
            Settings(Path.Combine(bin, "Recon.Cli", configuration, "recon.runtimeconfig.json")),
            Settings(Path.Combine(bin, "Recon.Benchmarks", configuration, "Recon.Benchmarks.runtimeconfig.json")));

        static SortedDictionary<string, string> Settings(string path)
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            return new(document.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").EnumerateObject()
                .ToDictionary(setting => setting.Name, setting => setting.Value.ToString()));
        }
    }

    private static Task<(int ExitCode, string Out, string Error)> MsbuildAsync(params string[] args)
        => DotnetTool.RunAsync("dotnet", Repository.Root, [], ["msbuild", "src/Recon.Cli/Recon.Cli.csproj", "-nologo", "-p:Configuration=Release", .. args]);
}
