using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon push --stop</c>: asks all pushes to stop.</summary>
internal static class PushStop
{
    public static async Task<int> RunAsync(Invocation invocation)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        IReadOnlyList<long> stopped = await new PortalStore(new StagingTables(reading.Definition!.Staging.Schema))
            .StopAsync(connection, portal: null, ThisProcess.Name(), token);
        invocation.HasActed = true;
        invocation.Text(invocation.Json
            ? JsonText.Of(new PushStopDocument(stopped), PushStopJson.Default.PushStopDocument)
            : stopped.Count == 0
                ? "Nothing was ever pushed from this staging schema.\n"
                : $"Asked the pushes of {string.Join(", ", stopped)} to stop; each ends before its next call. 'recon push --resume' goes on.\n");
        return ExitCodes.Done;
    }
}

/// <param name="Stopped">The accounts whose pushes are to stop.</param>
internal sealed record PushStopDocument(IReadOnlyList<long> Stopped);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PushStopDocument))]
internal sealed partial class PushStopJson : JsonSerializerContext;
