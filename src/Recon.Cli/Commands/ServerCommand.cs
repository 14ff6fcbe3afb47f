using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;

namespace Recon.Cli.Commands;

/// <summary><c>recon server</c>: keeps the embedded server running, for looking at it with other programs.</summary>
internal static class ServerCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon server", "Keep the embedded PostgreSQL running, to look at it with psql."),
    ];

    public static Command Create(CommandBinder binder)
        => binder.Bind(
            new Command("server", "Keep the embedded PostgreSQL running until Ctrl-C, and print the psql command to connect to it."),
            s_examples,
            (_, invocation) => RunAsync(invocation));

    private static async Task<int> RunAsync(Invocation invocation)
    {
        invocation.Context.Signals.Words = SignalWords.OfServer;
        DefinitionReading reading = invocation.ReadDefinition();
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        if (server.Embedded is null)
        {
            throw new UsageException(
                $"The connection is {server.Sources.Server}, which recon neither starts nor stops. Connect to it with: {server.PsqlCommand}");
        }

        string command = PsqlAccess.WritePassFile(server.Embedded);
        Print(invocation, command, server.Embedded.Port);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, invocation.Context.Clock, token);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how this command is meant to end.
        }

        return ExitCodes.Done;
    }

    private static void Print(Invocation invocation, string command, int port)
    {
        invocation.Text(invocation.Json
            ? JsonText.Of(new ServerDocument(port, command), ServerJson.Default.ServerDocument)
            : command + Environment.NewLine);
        invocation.Context.Output.Flush();
        invocation.Note("The embedded PostgreSQL runs until Ctrl-C.");
    }
}

internal sealed record ServerDocument(int Port, string Psql);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServerDocument))]
internal sealed partial class ServerJson : JsonSerializerContext;
