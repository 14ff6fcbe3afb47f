using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Sandbox;
using Recon.Sandbox.Api;
using Recon.Sandbox.Mirror;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Cli.Commands;

/// <summary><c>recon sandbox</c>: a HubSpot on loopback, over the mirror.</summary>
internal static class SandboxCommand
{
    private const int KeptCalls = 1_000;

    private static readonly Example[] s_examples =
    [
        new("recon sandbox", "A HubSpot with the records of the mirror, until Ctrl-C; paste its two lines into another terminal."),
        new("recon sandbox --trap cut-after,on=update,from=3 --trap workflow=phone", "The third update is written and never answered, and a workflow puts every phone number back."),
        new("recon sandbox --trap list", "All traps, with what they do."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var port = CommonOptions.Port();
        var mirror = new Option<string>("--mirror") { Description = "Take the tables from this schema instead of the one that the definition names.", HelpName = "SCHEMA" };
        var traps = new Option<string[]>("--trap")
        {
            Description = "Something to do wrong: NAME[=VALUE][,on=CALL][,type=TYPE][,ids=ID+ID][,from=N][,times=N]. Can be repeated; \"list\" lists them all.",
            HelpName = "TRAP",
        };
        var command = new Command("sandbox", "Serve a HubSpot on this machine over the mirror, to try plans and pushes without an account, until Ctrl-C.") { port, mirror, traps };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation, parse.GetValue(port), parse.GetValue(mirror), parse.GetValue(traps) ?? []));
    }

    private static async Task<int> RunAsync(Invocation invocation, int port, string? mirror, string[] words)
    {
        if (words.Contains("list", StringComparer.Ordinal))
        {
            invocation.Text(TrapText.List());
            return ExitCodes.Done;
        }

        invocation.Context.Signals.Words = SignalWords.OfSandbox;
        SandboxTrap[] traps = [.. words.Select(Parse)];
        DefinitionReading reading = invocation.ReadDefinition();
        CancellationToken token = invocation.Context.Signals.StopReading;
        var options = new SandboxOptions
        {
            Portal = await LoadAsync(invocation, reading, mirror, token),
            Token = $"sandbox-{RandomNumberGenerator.GetHexString(32, lowercase: true)}",
            Port = port,
            Traps = traps,
            KeptCalls = KeptCalls,
        };
        await using SandboxServer server = await StartAsync(options, token);
        Tell(invocation, server);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, invocation.Context.Clock, token);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how this command is meant to end.
        }

        invocation.Note($"The sandbox has answered {Show.Count(server.Log.Count, "call")}.");

        return ExitCodes.Done;
    }

    // The server is left before anybody is answered: the embedded one serves one command at a time.
    private static async Task<SandboxPortal> LoadAsync(Invocation invocation, DefinitionReading reading, string? mirror, CancellationToken token)
    {
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        MirrorPortal loaded = await MirrorPortal.LoadAsync(server.Sources.Control, reading.Definition!, mirror, invocation.Context.Clock, token);
        if (loaded.Missing.Count > 0)
        {
            throw new UsageException($"The server has no table {string.Join(", ", loaded.Missing)}. Name the schema of the mirror with --mirror, or load one: 'recon generate --help'.");
        }

        if (loaded.LeftOut > 0)
        {
            invocation.Note($"{Show.Count(loaded.LeftOut)} rows of the mirror are not served: they have no id, one that is there twice, or no object type.");
        }

        return loaded.Portal;
    }

    private static SandboxTrap Parse(string word)
    {
        try
        {
            return SandboxTrap.Parse(word);
        }
        catch (FormatException exception)
        {
            throw new UsageException($"--trap: {exception.Message}");
        }
    }

    private static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken token)
    {
        try
        {
            return await SandboxServer.StartAsync(options, token);
        }
        catch (IOException) when (options.Port != 0)
        {
            throw new UsageException($"Port {options.Port} on this machine is taken, or may not be listened on. Name another one, or leave out --port for a free one.");
        }
    }

    private static void Tell(Invocation invocation, SandboxServer server)
    {
        string address = server.Base.ToString().TrimEnd('/');
        invocation.Text(invocation.Json
            ? JsonText.Of(new SandboxDocument(address, server.Options.Token, server.Portal.Id), SandboxJson.Default.SandboxDocument)
            : $"export RECON_HUBSPOT_BASE={address}\nexport RECON_HUBSPOT_TOKEN={server.Options.Token}\n");
        invocation.Context.Output.Flush();
        string records = string.Join(", ", server.Portal.Stores.Select(store => string.Create(CultureInfo.InvariantCulture, $"{Show.Count(store.Records.Count)} {store.Type}")));
        invocation.Note($"Portal {server.Portal.Id.ToString(CultureInfo.InvariantCulture)} holds {records}. It is in memory: what is written to it is gone when it ends, and the mirror stays as it is.");
        foreach (SandboxTrap trap in server.Traps.Set)
        {
            invocation.Note($"Trap: {trap}");
        }

        invocation.Note("The sandbox is there until Ctrl-C. Paste the lines above into another terminal.");
    }
}

/// <param name="Base">The address in front of HubSpot's paths.</param>
/// <param name="Token">The bearer token.</param>
/// <param name="Portal">The number of the account.</param>
internal sealed record SandboxDocument(string Base, string Token, long Portal);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SandboxDocument))]
internal sealed partial class SandboxJson : JsonSerializerContext;
