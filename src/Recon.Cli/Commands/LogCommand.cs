using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon log</c>: past runs.</summary>
internal static class LogCommand
{
    private static readonly string[] s_headers =
        ["started (UTC)", "pipeline", "outcome", ">read", ">staged", ">folded", ">filtered", ">rejected", ">seconds", "run", "message"];

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandBinder binder)
    {
        var limit = new Option<int>("--limit")
        {
            Description = "Most runs to list. Default: 20.",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        var command = new Command("log", "List past runs, the latest first.") { limit };
        return binder.Bind(command, (parse, invocation) => RunAsync(invocation, parse.GetValue(limit)));
    }

    private static async Task<int> RunAsync(Invocation invocation, int limit)
    {
        if (limit < 1)
        {
            throw new UsageException("--limit takes a number of runs, at least 1.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var reader = new StagingReader(connection, new StagingTables(reading.Definition!.Staging.Schema));
        IReadOnlyList<LoggedRun> runs = await reader.LogAsync(limit, token);
        invocation.Text(invocation.Json ? Json(runs) : TextTable.Draw(s_headers, [.. runs.Select(Row)]));
        return ExitCodes.Done;
    }

    private static string[] Row(LoggedRun run) =>
    [
        run.Started.TrimEnd('Z').Replace('T', ' '), run.Pipeline, run.Partial ? $"{run.Outcome} (partial)" : run.Outcome,
        Show.Count(run.Counts.Read), Show.Count(run.Counts.Staged), Show.Count(run.Counts.Folded),
        Show.Count(run.Counts.Filtered), Show.Count(run.Counts.Rejected),
        run.Seconds?.ToString("0.00", CultureInfo.InvariantCulture) ?? "", run.RunId, TextTable.Cell(run.Message, 80),
    ];

    private static string Json(IReadOnlyList<LoggedRun> runs) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (LoggedRun run in runs)
        {
            Write(json, run);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }) + "\n";

    private static void Write(Utf8JsonWriter json, LoggedRun run)
    {
        json.WriteStartObject();
        json.WriteString("run_id", run.RunId);
        json.WriteString("pipeline", run.Pipeline);
        json.WriteString("started", run.Started);
        json.WriteString("finished", run.Finished);
        json.WriteString("outcome", run.Outcome);
        json.WriteBoolean("partial", run.Partial);
        json.WriteNumber("read", run.Counts.Read);
        json.WriteNumber("staged", run.Counts.Staged);
        json.WriteNumber("folded", run.Counts.Folded);
        json.WriteNumber("filtered", run.Counts.Filtered);
        json.WriteNumber("rejected", run.Counts.Rejected);
        json.WriteNumber("matched", run.Counts.Matched);
        json.WriteNumber("unmatched", run.Counts.Unmatched);
        json.WriteNumber("ambiguous", run.Counts.Ambiguous);
        json.WriteNumber("conflict", run.Counts.Conflict);
        json.WriteNumber("with_changes", run.Counts.WithChanges);
        if (run.Seconds is { } seconds)
        {
            json.WriteNumber("seconds", Math.Round(seconds, 3));
        }

        json.WriteString("tool_version", run.ToolVersion);
        json.WriteString("message", run.Message);
        json.WriteEndObject();
    }
}
