using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

/// <summary>What RECON_EXECUTABLE names says what the build beside these tests says, byte for byte.</summary>
public sealed partial class NativeTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    [Theory]
    [InlineData("--version")]
    [InlineData("--version", "--json")]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("schema")]
    [InlineData("completion", "bash")]
    public Task Executable_CommandWithoutServer_SaysWhatTheBuildSays(params string[] args) => CompareAsync(args);

    [Theory]
    [InlineData("check", "--json")]
    [InlineData("check", "--format", "sarif")]
    [InlineData("check", "--format", "junit")]
    [InlineData("setup", "--json")]
    [InlineData("stats", "--json")]
    [InlineData("log", "--json")]
    [InlineData("changes", "companies", "--json")]
    [InlineData("show", "companies", "--all", "--json")]
    [InlineData("explain", "companies", "1001", "--json")]
    [InlineData("explain", "contacts", "5001", "--mask", "--json")]
    [InlineData("sql", "companies", "stats", "--json")]
    [InlineData("sql", "communications", "updates", "--execute", "--json")]
    [InlineData("mapping", "--json")]
    [InlineData("export", "contacts", "--format", "jsonl")]
    [InlineData("export", "deals", "--format", "csv")]
    [InlineData("graph", "--json")]
    [InlineData("top", "--once", "--json")]
    [InlineData("workflow", "companies", "--icalps-company-id", "123", "--curl", "--json")]
    public Task Executable_CommandOnTheSample_SaysWhatTheBuildSays(params string[] args)
        => CompareAsync([.. args, "--definition", DemoDatabase.Definition, "--postgres", sample.Database.ConnectionString]);

    // Its times change from run to run; with more than one batch, its samples, too.
    [Fact]
    public async Task Executable_Run_WritesADocumentWithTheNamesOfTheBuilds()
    {
        string[] args = ["run", "companies", "--dry-run", "--limit", "50", "--json", "--definition", DemoDatabase.Definition, "--postgres", sample.Database.ConnectionString];

        (CliRun named, CliRun built) = await BothAsync(args, args);

        Assert.Equal((0, 0), (named.ExitCode, built.ExitCode));
        Assert.Equal(Names(built.Out), Names(named.Out));
    }

    [Theory]
    [InlineData("run", "--workers", "2")]
    [InlineData("worker", "--once")]
    public async Task Executable_AskedForWorkers_SaysWhoHasThem(params string[] args)
    {
        Assert.SkipUnless(CliProcess.Named is not null, "RECON_EXECUTABLE names no executable beside the build. .ci/run publishes a native one.");

        CliRun run = await CliProcess.RunAsync([], CliProcess.Named, [.. args, "--definition", DemoDatabase.Definition]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("The native executable of recon has no workers.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Executable_Generate_WritesTheFilesThatTheBuildWrites()
    {
        string native = Path.Combine(sample.Folder, "native");
        string built = Path.Combine(sample.Folder, "built");

        await CompareAsync(["generate", "--rows", "2000", "--out", native, "--json"], ["generate", "--rows", "2000", "--out", built, "--json"]);

        string[] files = [.. Directory.GetFiles(built).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(files, Directory.GetFiles(native).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(built, file)), File.ReadAllBytes(Path.Combine(native, file))));
    }

    private static Task CompareAsync(string[] args) => CompareAsync(args, args);

    private static async Task CompareAsync(string[] args, string[] asBuilt)
    {
        (CliRun named, CliRun built) = await BothAsync(args, asBuilt);

        Assert.Equal(Lasting(built.Out), Lasting(named.Out));
        Assert.Equal(built.ExitCode, named.ExitCode);
        Assert.NotEqual(1, named.ExitCode);
        Assert.True(named.Out.Length > 0, named.Error);
    }

    private static async Task<(CliRun Named, CliRun Built)> BothAsync(string[] args, string[] asBuilt)
    {
        Assert.SkipUnless(CliProcess.Named is not null, "RECON_EXECUTABLE names no executable beside the build. .ci/run publishes a native one.");
        return (await CliProcess.RunAsync([], CliProcess.Named, args), await CliProcess.RunAsync([], CliProcess.Built, asBuilt));
    }

    // What a second run of the same executable says otherwise, too.
    private static string Lasting(string text) => Passing.Replace(text, "");

    private static string[] Names(string json) => [.. Name.Matches(json).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex("\"seconds\": [^,\n]*|/(native|built)\"")]
    private static partial Regex Passing { get; }

    [GeneratedRegex("\"[^\"]+\":")]
    private static partial Regex Name { get; }
}
