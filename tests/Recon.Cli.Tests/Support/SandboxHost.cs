using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Sandbox;
using Recon.Sandbox.Api;
using Recon.Sandbox.Control;
using Recon.Sandbox.Mirror;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary>A sandbox over a demo database, and the variables by which the shipped definition finds it.</summary>
internal sealed class SandboxHost : IAsyncDisposable
{
    private const string Token = "token-of-the-tests";

    private SandboxHost(SandboxServer server) => Server = server;

    public SandboxServer Server { get; }

    public Dictionary<string, string> Environment => new()
    {
        ["RECON_HUBSPOT_BASE"] = Server.Base.ToString(),
        ["RECON_HUBSPOT_TOKEN"] = Token,
    };

    /// <summary>The calls that it has seen.</summary>
    public IReadOnlyList<SandboxCall> Calls => Server.Log.Calls;

    /// <summary>Everything that it holds.</summary>
    public SortedDictionary<string, SortedDictionary<string, string>> Snapshot() => PortalSnapshot.Of(Server.Portal);

    public static async Task<SandboxHost> StartAsync(TestDatabase database, params string[] traps)
    {
        DefinitionReading reading = DefinitionReader.Read(DemoDatabase.Definition);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        MirrorPortal loaded = await MirrorPortal.LoadAsync(source, reading.Definition!, null, TimeProvider.System, TestContext.Current.CancellationToken);
        return new SandboxHost(await SandboxServer.StartAsync(
            new SandboxOptions { Portal = loaded.Portal, Token = Token, Traps = [.. traps.Select(SandboxTrap.Parse)] }, TestContext.Current.CancellationToken));
    }

    /// <summary>Runs recon with the shipped definition against database and sandbox.</summary>
    public Task<CliRun> ReconAsync(TestDatabase database, params string[] args)
        => CliRun.InAsync(Environment, [.. args, "--definition", DemoDatabase.Definition, "--postgres", database.ConnectionString]);

    /// <summary>Runs recon where it must succeed.</summary>
    public async Task<string> RequireAsync(TestDatabase database, params string[] args)
    {
        CliRun run = await ReconAsync(database, args);
        Assert.True(run.ExitCode == 0, $"recon {string.Join(' ', args)} ended with {run.ExitCode}: {run.Error}");
        return run.Out;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
