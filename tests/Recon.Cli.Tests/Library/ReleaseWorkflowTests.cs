using System.Text.RegularExpressions;
using System.Xml.Linq;
using Recon.Testing;
using YamlDotNet.RepresentationModel;

namespace Recon.Cli.Tests.Library;

/// <summary>The workflows, as far as they can be judged where they cannot run.</summary>
public sealed partial class ReleaseWorkflowTests
{
    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Folder, "*.yml").Select(file => Path.GetFileName(file)!)];

    private static string Folder => Path.Combine(Repository.Root, ".github", "workflows");

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Actions_ArePinnedToACommitAndNameItsVersion(string file)
    {
        string[] uses = [.. File.ReadLines(Path.Combine(Folder, file)).Where(line => line.Contains("uses:", StringComparison.Ordinal))];

        Assert.NotEmpty(uses);
        Assert.All(uses, line => Assert.Matches(Pinned(), line));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Steps_CallScriptsThatAreThereAndExecutable(string file)
    {
        string[] scripts = [.. Steps(file).SelectMany(step => Script().Matches(Text(step, "run")).Select(match => match.Value)).Distinct()];

        Assert.NotEmpty(scripts);
        Assert.All(scripts, script =>
        {
            string path = Path.Combine(Repository.Root, script);
            Assert.True(File.Exists(path), script);
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute), script);
        });
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Permissions_OfTheWorkflow_AreToReadOnly(string file)
    {
        YamlNode permissions = Read(file)["permissions"];

        Assert.Equal("contents: read", string.Join(", ", ((YamlMappingNode)permissions).Select(each => $"{each.Key}: {each.Value}")));
    }

    // A name of a branch or tag is text of others: it reaches a script as a variable, never as a part of it.
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Scripts_HoldNoExpressions(string file)
        => Assert.All(Steps(file), step => Assert.DoesNotContain("${{", Text(step, "run"), StringComparison.Ordinal));

    [Fact]
    public void Release_Platforms_AreThoseThatTheToolPackageNames()
    {
        string[] packed = XDocument.Load(Path.Combine(Repository.Root, "src", "Recon.Cli", "Recon.Cli.csproj"))
            .Descendants("ToolPackageRuntimeIdentifiers").Single().Value.Split(';');
        var platforms = (YamlSequenceNode)Read("release.yml")["jobs"]["native"]["strategy"]["matrix"]["include"];

        Assert.Equal(packed.Except(["any"]), platforms.Select(each => (string)each["platform"]!));
        Assert.Contains("any", packed);
    }

    [Fact]
    public void Release_CallsEveryPartOfTheScript()
    {
        string script = File.ReadAllText(Path.Combine(Repository.Root, ".ci", "release"));
        string[] parts = [.. Part().Matches(script).Select(match => match.Groups["part"].Value)];
        string calls = string.Join('\n', Steps("release.yml").Select(step => Text(step, "run")));

        Assert.Equal(6, parts.Length);
        Assert.All(parts, part => Assert.Contains($".ci/release {part}", calls, StringComparison.Ordinal));
    }

    [Fact]
    public void Release_OnlyTheLastJob_MayWriteToTheRepository()
    {
        var jobs = (YamlMappingNode)Read("release.yml")["jobs"];

        string[] writers = [.. jobs.Where(job => job.Value.ToString().Contains("contents, write", StringComparison.Ordinal)).Select(job => (string)job.Key!)];

        Assert.Equal(["publish"], writers);
    }

    private static YamlNode Read(string file)
    {
        using var reader = new StreamReader(Path.Combine(Folder, file));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return yaml.Documents.Single().RootNode;
    }

    private static IEnumerable<YamlMappingNode> Steps(string file)
        => ((YamlMappingNode)Read(file)["jobs"]).SelectMany(job => (YamlSequenceNode)job.Value["steps"]).Cast<YamlMappingNode>();

    private static string Text(YamlMappingNode step, string key)
        => step.Children.TryGetValue(key, out YamlNode? value) ? (string?)value ?? "" : "";

    [GeneratedRegex(@"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"(?<![\w/])\.ci/[\w-]+")]
    private static partial Regex Script();

    [GeneratedRegex(@"^#   \.ci/release (?<part>[a-z]+)", RegexOptions.Multiline)]
    private static partial Regex Part();
}
