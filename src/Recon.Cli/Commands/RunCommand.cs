using System.CommandLine;
using System.Diagnostics;
#if !RECON_NATIVE
using Recon.Cli.Commands.Cluster;
#endif
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Telemetry;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Gates;

namespace Recon.Cli.Commands;

/// <summary><c>recon run</c>: the main job.</summary>
internal static class RunCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon run", "Every pipeline of pipeline.json, in its order."),
        new("recon run companies --dry-run", "Compare one pipeline and write nothing."),
        new("recon run --resume --quiet", "What a scheduler calls: goes on with a run that did not end."),
        new("recon run --full", "Writes every row anew, where a run else writes what differs from the result before."),
        new("recon run --workers 4", "The same by four more processes."),
        new("recon run contacts --ids 5001,5003", "Reconcile two records again."),
        new("recon run --json | jq '.runs[] | {pipeline, outcome, rejected}'", "What a script wants to know."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var options = new RunOptions();
        var command = new Command("run", "Reconcile pipelines and stage the result.");
        options.AddTo(command);
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(options.Read(parse), invocation), measures: true);
    }

    private static async Task<int> RunAsync(RunArguments arguments, Invocation invocation)
    {
        if (arguments.Workers is not null)
        {
            SharingArguments.RequireWorkers();
        }

        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, arguments.Pipelines);
        if (arguments.Input is not null && pipelines.Count != 1)
        {
            throw new UsageException("--input needs exactly one pipeline: recon run PIPELINE --input FILE.");
        }

        IReadOnlyDictionary<string, IReadOnlySet<string>>? ids =
            WantedIds.Read(arguments, invocation.Context.Input) is { } wanted ? WantedIds.Of(pipelines, wanted) : null;
        var named = new NamedFiles(
            invocation.DefinitionPath, reading, ("the file of --input", arguments.Input), ("the file of --ids-file", arguments.IdsFile));
        await using RejectsFile? rejects = arguments.Rejects is null ? null : RejectsFile.Check(arguments.Rejects, arguments.Mask, named);
#pragma warning disable CA2000 // The export disposes it.
        MetricsFile? file = arguments.MetricsFile is null ? null : MetricsFile.Open(arguments.MetricsFile, named);
#pragma warning restore CA2000
        await using var telemetry = TelemetryExport.Start(invocation, file);
        Guid runId = Guid.CreateVersion7(invocation.Context.Clock.GetUtcNow());
        using Activity? activity = ReconTrace.StartRun(runId);
        var replica = ConnectionSettings.ResolveReplica(arguments.PostgresRead, invocation.InsecureTls, invocation.Context.Environment);
        await using ServerConnection server = await ConnectAsync(
            invocation, reading, pipelines, replica, runId, arguments.DryRun ? null : telemetry);
        (int exitCode, IReadOnlyList<RunReport> reports) = arguments.Workers is null
            ? await RunAloneAsync(new RunJob(invocation, reading, server, telemetry, arguments, ids, rejects), runId, pipelines)
            : await RunSharedAsync(invocation, reading, server, telemetry, arguments, rejects, runId, pipelines);
        if (exitCode != ExitCodes.Done && invocation.Context.Signals.ExitCode is null)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        invocation.HasActed = !arguments.DryRun;
        Print(invocation, arguments, reading.Definition!, pipelines, server, reports);

        Warn(invocation, reports);
        TellMisread(invocation, reports);
        return exitCode;
    }

    private static async Task<(int ExitCode, IReadOnlyList<RunReport> Reports)> RunAloneAsync(
        RunJob job, Guid runId, IReadOnlyList<ValidPipeline> pipelines)
        => (await job.RunAsync(runId, pipelines), job.Reports);

    // Apart, so that a run without workers does not load what they find each other by.
    private static Task<(int ExitCode, IReadOnlyList<RunReport> Reports)> RunSharedAsync(
        Invocation invocation,
        DefinitionReading reading,
        ServerConnection server,
        TelemetryExport? telemetry,
        RunArguments arguments,
        RejectsFile? rejects,
        Guid runId,
        IReadOnlyList<ValidPipeline> pipelines)
#if RECON_NATIVE
        => throw new NotSupportedException();
#else
        => SharedRun.RunAsync(invocation, reading, server, telemetry, arguments, rejects, runId, pipelines);
#endif

    // Who wants to hear of failures only wants to hear of a result that looks wrong, too.
    private static void TellMisread(Invocation invocation, IReadOnlyList<RunReport> reports)
    {
        foreach (RunReport report in reports.Where(report => invocation.Quiet && report.Outcome == "completed"))
        {
            foreach (Excess misread in report.Findings.Misread)
            {
                invocation.Context.ErrorLine($"{report.Pipeline}: {misread}");
            }
        }
    }

    // Of a run that did not complete they may say why, whatever is to be quiet.
    private static void Warn(Invocation invocation, IReadOnlyList<RunReport> reports)
    {
        RunReport[] told = [.. reports.Where(report => !invocation.Quiet || report.Outcome != "completed")];

        // Who collects events wants each of them.
        IReadOnlyList<string> lines = invocation.Context.Json is null
            ? WarningsText.Lines(told, invocation.Context.ErrorWidth)
            : [.. told.SelectMany(report => report.Warnings.OrderBy(warning => warning.Kind).Select(warning => $"{report.Pipeline}: {warning.Text}"))];
        foreach (string line in lines.Prepend("").Skip(lines.Count > 0 && invocation.Context.IsErrorTerminal ? 0 : 1))
        {
            invocation.Context.ErrorLine(line);
        }
    }

    // A run that has no server to begin on is one that failed, for who looks at metrics and logs. A dry run is none.
    private static async Task<ServerConnection> ConnectAsync(
        Invocation invocation,
        DefinitionReading reading,
        IReadOnlyList<ValidPipeline> pipelines,
        ConnectionSettings? replica,
        Guid runId,
        TelemetryExport? telemetry)
    {
        TimeProvider clock = invocation.Context.Clock;
        long started = clock.GetTimestamp();
        try
        {
            return await ServerConnection.OpenAsync(invocation, reading, invocation.Context.Signals.StopReading, replica: replica);
        }
        catch (Exception failure)
        {
            foreach (ValidPipeline pipeline in pipelines)
            {
                telemetry?.Metrics.Runs.Started(pipeline.Name);
                EndedRun.Of(pipeline.Name, runId, (failure as ServerUnreachableException)?.InnerException ?? failure).Tell(
                    telemetry?.Metrics, telemetry?.Logger ?? invocation.Logger, Activity.Current, clock.GetElapsedTime(started), clock.GetUtcNow());
            }

            throw;
        }
    }

    private static void Print(
        Invocation invocation,
        RunArguments arguments,
        ValidDefinition definition,
        IReadOnlyList<ValidPipeline> pipelines,
        ServerConnection server,
        IReadOnlyList<RunReport> reports)
    {
        if (invocation.Json)
        {
            invocation.Text(RunsDocument.Write(reports, arguments.Mask));
            return;
        }

        invocation.Context.Output.Write(RunSummary.Draw(reports, invocation.Context.OutputWidth));
        foreach (RunReport report in reports)
        {
            invocation.Context.Output.Write(RunSummary.Findings(report, arguments.Mask, invocation.Context.OutputWidth));
            invocation.Context.Output.Write(RunSummary.Samples(report, arguments.Mask, invocation.Context.OutputWidth));
            invocation.Context.Output.Write(RunSummary.Unmapped(report, arguments.Mask, invocation.Context.OutputWidth));
            // What a run leaves in the log, a dry run has to show at once.
            invocation.Context.Output.Write(
                report.IsDryRun ? WithheldText.Samples(report.Pipeline, report.Counts, most: 3, arguments.Mask, invocation.Context.OutputWidth) : "");
        }

        string[] tables =
        [
            .. pipelines.Where(pipeline => reports.Any(report =>
                    report.Pipeline == pipeline.Name && report is { Outcome: "completed", IsDryRun: false }))
                .Select(pipeline => $"{definition.Staging.Schema}.{pipeline.Stage.Table}"),
        ];
        if (tables.Length > 0)
        {
            invocation.Line("");
            invocation.Prose($"Result: {string.Join(", ", tables)}\n");

            if (server.PsqlCommand is { } psql)
            {
                // The terminal breaks it: a command is to be copied in one piece.
                invocation.Line($"Look at it: {psql}");
            }
            else
            {
                invocation.Prose(
                    "Look at it: 'recon review' shows it in a browser; 'recon server' keeps the embedded PostgreSQL running and prints the psql command\n");
            }
        }
    }
}
