using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace Recon.Cli.Tests.Library;

/// <summary>What a Release build compiles to machine code.</summary>
public sealed class CompileAheadTests
{
    private static readonly string[] s_platforms = ["linux-x64", "linux-arm64", "osx-x64", "osx-arm64", "win-x64", "win-arm64"];

    [Theory]
    [InlineData("recon")]
    [InlineData("Recon.Dataflow")]
    [InlineData("Recon.Postgres")]
    [InlineData("Npgsql")]
    public void ReleaseBuild_HotAssembly_HoldsMachineCode(string name)
    {
        Assert.SkipUnless(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)) == "release",
            "Only a Release build compiles ahead; these tests were built in another configuration.");
        Assert.SkipUnless(
            s_platforms.Contains(RuntimeInformation.RuntimeIdentifier),
            $"There is no compiler for {RuntimeInformation.RuntimeIdentifier}.");
        string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Recon.Cli", "release", name + ".dll"));

        using var file = new PEReader(File.OpenRead(path));

        // ReadyToRun code is found through the managed native header.
        Assert.True(
            file.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0,
            $"{path} holds no machine code. CompileAhead.targets should have put it there, unless the build was told -p:CompileAhead=false.");
    }

    [Fact]
    public void Build_ExecutableAssembly_IsInTheListOfFilesThatTheNextBuildKeeps()
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

        string[] kept = File.ReadAllLines(Path.Combine(artifacts, "obj", "Recon.Cli", configuration, "Recon.Cli.csproj.FileListAbsolute.txt"));

        Assert.Contains(Path.Combine(artifacts, "bin", "Recon.Cli", configuration, "recon.dll"), kept);
    }
}
