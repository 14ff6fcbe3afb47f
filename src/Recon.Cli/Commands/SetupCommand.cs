using System.CommandLine;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Postgres.Cluster;
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
    {
        var cluster = new Option<bool>("--cluster")
        {
            Description = $"Create schema {ClusterSchema.NameText}, too, in which the workers of a run find each other.",
        };
        var command = new Command("setup", "Create the staging schema and its tables; running it again changes nothing.") { cluster };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(invocation, parse.GetValue(cluster)));
    }

    private static async Task<int> RunAsync(Invocation invocation, bool withCluster)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        ValidDefinition definition = reading.Definition!;
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var tables = new StagingTables(definition.Staging.Schema);
        await new StagingUpkeep(server.Sources, tables, invocation.Context.Clock, invocation.Logger)
            .SetUpAsync(definition.Pipelines, token);
        if (withCluster)
        {
            await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
            await ClusterSchema.EnsureAsync(connection, token);
        }

        string[] names =
        [
            .. definition.Pipelines.Select(pipeline => tables.Published(pipeline.Stage).Display),
            tables.Log.Display, tables.Ledger.Display, tables.Rejects.Display,
            .. withCluster ? ClusterSchema.Tables : [],
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
