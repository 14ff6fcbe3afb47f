using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon log</c>: past runs.</summary>
internal static class LogCommand
{
    private static readonly TableColumn[] s_columns =
    [
        "started (UTC)", "pipeline", "outcome", ">read", "?>staged", "?>folded", "?>filtered", ">rejected", "?>seconds", "/run", "/message",
    ];

    private static readonly TableColumn[] s_workerColumns =
        ["pipeline", "worker", "?host", ">splits", ">records", "?>busy", "?>waiting", "?>idle", "?>blocked"];

    private static readonly Example[] s_examples =
    [
        new("recon log --limit 5", "The last five runs."),
        new("recon log --json | jq '.runs[0].outcome'", "How the latest run ended."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var limit = new Option<int>("--limit")
        {
            Description = "Maximum number of runs.",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        var run = new Argument<string?>("run")
        {
            Description = "Only this run, with its workers: its id, or how that begins or ends.",
            HelpName = "run",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("log", "List past runs, latest first.") { run, limit };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(invocation, parse.GetValue(run), parse.GetValue(limit)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string? wanted, int limit)
    {
        if (limit < 1)
        {
            throw new UsageException("--limit takes a number of runs, at least 1.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        StagingTables tables = new(reading.Definition!.Staging.Schema);
        var reader = new StagingReader(connection, tables);
        IReadOnlyList<LoggedRun> runs;
        if (wanted is null)
        {
            runs = await reader.LogAsync(limit, token);
        }
        else
        {
            string id = (await WantedRun.FindAsync(connection, tables, reading.Definition.Pipelines, wanted, isPublished: false, token)).ToString();
            runs = [.. (await reader.LogAsync(int.MaxValue, token)).Where(run => run.RunId == id)];
        }

        invocation.Text(invocation.Json ? Json(runs) : Draw(runs, invocation.Context.OutputWidth));
        if (wanted is not null && !invocation.Json)
        {
            invocation.Text(DrawWorkers(runs, invocation.Context.OutputWidth));
        }

        return ExitCodes.Done;
    }

    /// <param name="width">Columns of the terminal; <see langword="null"/> for the whole table.</param>
    internal static string Draw(IReadOnlyList<LoggedRun> runs, int? width) => TextTable.Draw(width, s_columns, [.. runs.Select(run => Row(run, width is null))]);

    private static string DrawWorkers(IReadOnlyList<LoggedRun> runs, int? width)
    {
        IReadOnlyList<string>[] rows =
        [
            .. from run in runs
               from worker in run.Workers
               select (string[])
               [
                   run.Pipeline, worker.Name, worker.Host, Show.Count(worker.Splits), Show.Count(worker.Records), Seconds(worker.BusySeconds),
                   Seconds(worker.WaitingSeconds), Seconds(worker.IdleSeconds), Seconds(worker.BlockedSeconds),
               ],
        ];
        return rows.Length == 0 ? "" : $"\n{TextTable.Draw(width, s_workerColumns, rows)}";
    }

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);

    // A terminal has more room for remarks in the line of the message.
    private static string[] Row(LoggedRun run, bool isWhole) =>
    [
        run.Started.TrimEnd('Z').Replace('T', ' '), run.Pipeline, isWhole ? Outcome(run) : run.Outcome,
        Show.Count(run.Counts.Read), Show.Count(run.Counts.Staged), Show.Count(run.Counts.Folded),
        Show.Count(run.Counts.Filtered), Show.Count(run.Counts.Rejected),
        run.Seconds?.ToString("0.00", CultureInfo.InvariantCulture) ?? "", run.RunId,
        isWhole ? TextTable.Cell(run.Message, 80) : TextTable.Cell(string.Join(": ", ((string?[])[Remarks(run), OnOneLine(run.Message)]).Where(text => !string.IsNullOrEmpty(text))), 400),
    ];

    private static string? OnOneLine(string? message)
        => message is null ? null : string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Outcome(LoggedRun run) => Remarks(run) is { Length: > 0 } remarks ? $"{run.Outcome} ({remarks})" : run.Outcome;

    private static string Remarks(LoggedRun run)
    {
        string gates = run.Gates.Count == 0 ? ""
            : $"{(run.Outcome == "completed" ? "in spite of" : "by")} {string.Join(", ", run.Gates)}";
        return string.Join("; ", ((string[])[run.Partial ? "partial" : "", run is { Way: RunWay.Changes, Written: { } written } ? $"{Show.Count(written)} written" : "", gates]).Where(remark => remark.Length > 0));
    }

    private static string Json(IReadOnlyList<LoggedRun> runs)
        => JsonText.Of(new LogDocument([.. runs.Select(LogEntry.Of)]), LogJson.Default.LogDocument);
}

internal sealed record LogDocument(IReadOnlyList<LogEntry> Runs);

internal sealed record LogEntry(
    string RunId,
    string Pipeline,
    string Started,
    string? Finished,
    string Outcome,
    bool Partial,
    long Read,
    long Staged,
    long Folded,
    long Filtered,
    long Rejected,
    long Matched,
    long Unmatched,
    long Ambiguous,
    long Conflict,
    long WithChanges,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Seconds,
    string ToolVersion,
    string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<LoggedGate>? Gates,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Way,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WayReason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Written,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<LoggedWorker>? Workers)
{
    public static LogEntry Of(LoggedRun run)
    {
        BatchCounts c = run.Counts;
        return new(
            run.RunId,
            run.Pipeline,
            run.Started,
            run.Finished,
            run.Outcome,
            run.Partial,
            c.Read, c.Staged, c.Folded, c.Filtered, c.Rejected, c.Matched, c.Unmatched, c.Ambiguous, c.Conflict, c.WithChanges,
            run.Seconds is { } seconds ? Math.Round(seconds, 3) : null,
            run.ToolVersion,
            run.Message,
            run.Gates.Count == 0 ? null : [.. run.Gates.Select(gate => new LoggedGate(gate))],
            run.Way,
            run.WayReason,
            run.Written,
            run.Workers.Count == 0 ? null : run.Workers);
    }
}

/// <summary>A gate that the run exceeded; <c>recon run --json</c> also has why.</summary>
internal sealed record LoggedGate(string Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LogDocument))]
internal sealed partial class LogJson : JsonSerializerContext;
