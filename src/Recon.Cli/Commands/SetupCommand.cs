using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon setup</c>: creates the staging schema.</summary>
internal static class SetupCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon setup --postgres env:RECON_DB", "Create or upgrade the staging schema on the server that RECON_DB names."),
    ];

    public static Command Create(CommandBinder binder)
        => binder.Bind(
            new Command("setup", "Create the staging schema and its tables; running it again changes nothing."),
            s_examples,
            (_, invocation) => RunAsync(invocation));

    private static async Task<int> RunAsync(Invocation invocation)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        ValidDefinition definition = reading.Definition!;
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var tables = new StagingTables(definition.Staging.Schema);
        await new StagingUpkeep(server.Sources, tables, invocation.Context.Clock, invocation.Logger)
            .SetUpAsync(definition.Pipelines, token);
        string[] names =
        [
            .. definition.Pipelines.Select(pipeline => tables.Published(pipeline.Stage).Display),
            tables.Log.Display, tables.Ledger.Display, tables.Rejects.Display,
        ];
        invocation.HasActed = true;
        Print(invocation, names, server);
        return ExitCodes.Done;
    }

    private static void Print(Invocation invocation, string[] names, ServerConnection server)
    {
        if (invocation.Json)
        {
            invocation.Text(JsonText.Of(new SetupDocument(names), SetupJson.Default.SetupDocument));
            return;
        }

        invocation.Line($"Ready on {server.Sources.Server}:");
        foreach (string name in names)
        {
            invocation.Line($"  {name}");
        }
    }
}

internal sealed record SetupDocument(IReadOnlyList<string> Tables);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SetupDocument))]
internal sealed partial class SetupJson : JsonSerializerContext;
