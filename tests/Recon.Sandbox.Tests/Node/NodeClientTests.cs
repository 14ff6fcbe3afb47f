using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Recon.Testing;

namespace Recon.Sandbox.Tests.Node;

/// <summary>HubSpot's own client for Node, from npm, works against the sandbox as it is.</summary>
public sealed class NodeClientTests
{
    private const string Package = "@hubspot/api-client@14.0.1";

    [Fact]
    public async Task Client_OfHubspot_ReadsUpdatesDescribesAndLinks()
    {
        await using var world = await SandboxWorld.StartAsync();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("recon-node-");
        try
        {
            await InstallAsync(folder);
            File.Copy(Path.Combine(Repository.Root, "tests", "Recon.Sandbox.Tests", "Node", "client.js"), Path.Combine(folder.FullName, "client.js"));
            (int exitCode, string output) = (await RunAsync(folder, "node", ["client.js"], world.Server.Base.ToString().TrimEnd('/')))!.Value;

            Assert.True(exitCode == 0, output);
            JsonNode seen = JsonNode.Parse(output)!;
            Assert.Equal("""["Company 1","Company 2"]""", seen["before"]!.ToJsonString());
            Assert.Equal("""["a"]""", seen["updated"]!.ToJsonString());
            Assert.Equal("""[["b","INVALID_OPTION"]]""", seen["errors"]!.ToJsonString());
            Assert.Equal("""[["From Node","INTEGRATION",true],["Company 1","IMPORT",true]]""", seen["history"]!.ToJsonString());
            Assert.Equal("""["CUSTOMER","PROSPECT"]""", seen["options"]!.ToJsonString());
            Assert.Equal(7, (int?)seen["readOnly"]);
            Assert.Equal(2, (int?)seen["links"]);
            Assert.Equal("""["1"]""", seen["linked"]!.ToJsonString());
            Assert.Equal("From Node", world.Value("companies", "1", "name"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task InstallAsync(DirectoryInfo folder)
    {
        foreach (string program in (string[])["node", "npm"])
        {
            if (await RunAsync(folder, program, ["--version"]) is not { ExitCode: 0 })
            {
                Assert.Skip($"{program}, which runs HubSpot's client, is not installed.");
            }
        }

        var installed = await RunAsync(folder, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000", Package]);
        Assert.SkipUnless(installed is { ExitCode: 0 }, $"npm cannot install {Package}: {installed?.Output}");
    }

    private static async Task<(int ExitCode, string Output)?> RunAsync(DirectoryInfo folder, string program, string[] arguments, string? address = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        if (address is not null)
        {
            (start.Environment["RECON_HUBSPOT_BASE"], start.Environment["RECON_HUBSPOT_TOKEN"]) = (address, SandboxWorld.Token);
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, process.ExitCode == 0 ? await output : await output + error);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
