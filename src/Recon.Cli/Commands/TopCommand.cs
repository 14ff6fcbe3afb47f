using System.CommandLine;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering.Live;
using Recon.Dataflow.Definition;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Commands;

/// <summary><c>recon top</c>: every run that is going on in a database, from any machine.</summary>
internal static class TopCommand
{
    private const int Width = 80;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private static readonly Example[] s_examples =
    [
        new("recon top", "Watches, once a second, until q is pressed."),
        new("recon top --once --postgres env:CRM_POSTGRES", "What runs now, from a machine without the definition."),
        new("recon top --json | jq '.runs[] | select(.stale)'", "Runs without a sign of life, for a monitor."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var once = new Option<bool>("--once")
        {
            Description = "Write what runs now, and end. Default without a terminal, and with --json.",
        };
        var command = new Command("top", "Show every run that is in progress in the database, also from another machine.") { once };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(invocation, parse.GetValue(once)));
    }

    private static async Task<int> RunAsync(Invocation invocation, bool once)
    {
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await OpenAsync(invocation, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        if (invocation.Json || once || !invocation.Context.HasStatus || invocation.Context.OutputWidth is null)
        {
            (IReadOnlyList<RunningRun> runs, IReadOnlyList<string> unread) = await RunningRuns.ListAsync(connection, token);
            TellUnread(invocation, unread);
            invocation.Text(invocation.Json
                ? JsonText.Of(new TopDocument([.. runs.Select(TopEntry.Of)]), TopJson.Default.TopDocument)
                : string.Concat(TopView.Draw(runs, invocation.Context.OutputWidth ?? Width, int.MaxValue, details: true, "").Select(line => $"{line}\n")));
            return ExitCodes.Done;
        }

        return await WatchAsync(invocation, connection, token);
    }

    private static async Task<int> WatchAsync(Invocation invocation, NpgsqlConnection connection, CancellationToken token)
    {
        CliContext context = invocation.Context;
        context.Signals.Say = null;
        bool details = false;
        bool isFirst = true;
        try
        {
            while (true)
            {
                (IReadOnlyList<RunningRun> runs, IReadOnlyList<string> unread) = await RunningRuns.ListAsync(connection, token);
                TellUnread(invocation, isFirst ? unread : []);
                isFirst = false;
                for (long shown = context.Clock.GetTimestamp(); context.Clock.GetElapsedTime(shown) < s_period;)
                {
                    context.Status(TopView.Draw(
                        runs, CliContext.StatusWidth, CliContext.StatusHeight, details, $"d {(details ? "less" : "details")}   q quit"));
                    char? key = null;
                    while (key is null && context.Clock.GetElapsedTime(shown) < s_period)
                    {
                        await Task.Delay(s_look, context.Clock, token);
                        key = context.Key?.Invoke();
                    }

                    details ^= key is 'd' or 'D';
                    if (key is 'q' or 'Q')
                    {
                        return ExitCodes.Done;
                    }
                }
            }
        }
        finally
        {
            context.Status([]);
        }
    }

    private static void TellUnread(Invocation invocation, IReadOnlyList<string> unread)
    {
        foreach (string why in unread)
        {
            invocation.Note(why);
        }
    }

    // Whoever names the server needs no definition.
    private static Task<ServerConnection> OpenAsync(Invocation invocation, CancellationToken token)
    {
        if (ServerConnection.IsNamed(invocation))
        {
            return ServerConnection.OpenAsync(invocation, "", Directory.GetCurrentDirectory(), new() { LookupConnections = 1, WriterConnections = 1 }, token);
        }

        DefinitionReading reading = invocation.ReadDefinition();
        return ServerConnection.OpenAsync(invocation, reading, token);
    }
}

internal sealed record TopDocument(IReadOnlyList<TopEntry> Runs);

/// <param name="RunId">The run, as the log has it; of what is no run, and in the first second, the one who holds the pipeline.</param>
/// <param name="Stale">Whether it has shown no sign of life for so long that it may be dead.</param>
/// <param name="Progress">As its heartbeat told it; <see langword="null"/> in the first second, and of what is no run.</param>
internal sealed record TopEntry(
    string Schema,
    string Pipeline,
    Guid RunId,
    string Holder,
    double HeldSeconds,
    double HeartbeatAgeSeconds,
    bool Stale,
    RunProgress? Progress)
{
    public static TopEntry Of(RunningRun run) => new(
        run.Schema,
        run.Pipeline,
        run.Progress?.RunId ?? run.RunId,
        run.Holder,
        Math.Round(run.HeldFor.TotalSeconds, 3),
        Math.Round(run.Silence.TotalSeconds, 3),
        run.IsStale,
        run.Progress);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TopDocument))]
internal sealed partial class TopJson : JsonSerializerContext;
