using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Rendering.Live;
using Recon.Cli.Telemetry;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Topology;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary>
/// Runs pipelines one after the other under one run id. The first failure ends the job; too many rejects do not, as
/// they say nothing about the other files.
/// </summary>
/// <param name="ids">The canonical ids to run, by pipeline; <see langword="null"/> for all.</param>
internal sealed class RunJob(
    Invocation invocation,
    DefinitionReading reading,
    ServerConnection server,
    TelemetryExport? telemetry,
    RunArguments arguments,
    IReadOnlyDictionary<string, IReadOnlySet<string>>? ids,
    RejectsFile? rejects)
{
    private const int Samples = 5;

    private readonly List<RunReport> _reports = [];
    private readonly List<string> _rejectNotes = [];
    private readonly StagingTables _tables = new(reading.Definition!.Staging.Schema);
    private readonly ReadingPause _pause = new();
    private IRunProgress? _progress;

    /// <summary>How the work is shared with workers; <see langword="null"/> for a job that does everything itself.</summary>
    public SharingTerms? Sharing { get; init; }

    /// <summary>Whether a pipeline could not even be started, such as because its input cannot be read here.</summary>
    public bool HasFailedToStart { get; private set; }

    /// <summary>What came of each pipeline that was begun.</summary>
    public IReadOnlyList<RunReport> Reports => _reports;

    public async Task<int> RunAsync(Guid runId, IReadOnlyList<ValidPipeline> pipelines)
    {
        RunSignals signals = invocation.Context.Signals;
        _progress = invocation.Quiet || Sharing is { IsTakeOver: true } || invocation.Context.Json is not null ? null
            : invocation.Context.HasStatus ? new LiveProgress(invocation.Context, _pause)
            : new LineProgress(invocation.Context.Clock, invocation.Context.ErrorLine);
        int exitCode = ExitCodes.Done;
        for (int index = 0; index < pipelines.Count; index++)
        {
            if (Sharing is not null && await Sharing.IsDisplacedAsync())
            {
                return ExitCodes.Failed;
            }

            int code = signals.ExitCode ?? await RunOneAsync(pipelines[index], [.. pipelines.Skip(index + 1).Select(later => later.Name)], runId);
            exitCode = code == ExitCodes.Done ? exitCode : code;
            if (signals.ExitCode is null && code is ExitCodes.Done or ExitCodes.TooManyRejects)
            {
                continue;
            }

            if (IsDisplaced)
            {
                return code;
            }

            string[] left = [.. pipelines.Skip(_reports.Count).Select(pipeline => pipeline.Name)];
            if (left.Length > 0)
            {
                invocation.Context.ErrorLine($"Not run: {string.Join(", ", left)}.");
            }

            break;
        }

        if (arguments.DryRun)
        {
            invocation.Note("This was a dry run, in which repeats of a legacy id are neither folded nor marked as conflicts.");
        }

        exitCode = Sharing is null ? await CompleteAsync(exitCode) : exitCode;
        return signals.ExitCode ?? exitCode;
    }

    /// <summary>Reports what another process completed of the job that it took over from this one.</summary>
    public async Task ReportOthersAsync(Guid job, IReadOnlyList<ValidPipeline> pipelines)
    {
        string completed = RunOutcome.Completed.ToString().ToLowerInvariant();
        foreach (ValidPipeline pipeline in pipelines.Where(each => !_reports.Exists(report => report.Pipeline == each.Name && report.Outcome == completed)))
        {
            if (await new PipelineRunner(Context(pipeline)).FindCompletedAsync(job, invocation.Context.Signals.Abort) is { } result)
            {
                _reports.RemoveAll(report => report.Pipeline == pipeline.Name);
                _reports.Add(RunReport.Of(result, error: null));
                await WriteRejectsAsync(pipeline, result);
            }
        }
    }

    /// <summary>Completes the file of rejects: once, when nothing more comes. A job that is shared with workers leaves that to its caller.</summary>
    /// <returns>The exit code of the whole job.</returns>
    public async Task<int> CompleteAsync(int exitCode)
    {
        await CompleteRejectsAsync();
        return exitCode == ExitCodes.Done && rejects is { IsBroken: true } ? ExitCodes.Failed : exitCode;
    }

    private bool IsDisplaced => Sharing is { Displaced.IsCancellationRequested: true };

    private async Task<int> RunOneAsync(ValidPipeline pipeline, IReadOnlyList<string> runLater, Guid runId)
    {
        PipelineRunner runner = new(Context(pipeline) with { RunLater = runLater });
        RunSignals signals = invocation.Context.Signals;
        long started = invocation.Context.Clock.GetTimestamp();
        try
        {
            if (arguments.DryRun)
            {
                DryRunResult dry = await runner.DryRunAsync(Samples, signals.StopReading);
                _reports.Add(new RunReport(pipeline.Name, null, "completed", dry.Counts, dry.Elapsed, dry.Verdict?.Block, null)
                {
                    IsDryRun = true,
                    Samples = dry.Samples,
                    Unmapped = dry.Unmapped,
                    Gates = dry.Exceeded,
                    Findings = dry.Findings,
                    Warnings = dry.Warned,
                    Blocks = dry.Blocks,
                    Verdict = dry.Verdict,
                });
                return ExitCodes.Done;
            }

            using var abort = CancellationTokenSource.CreateLinkedTokenSource(signals.Abort, Sharing?.Displaced ?? default);
            PipelineResult result = await runner.RunAsync(runId, signals.StopReading, abort.Token);
            int code = End(pipeline, result);
            if (!IsDisplaced && result.Fault is not LeaseLostException)
            {
                await WriteRejectsAsync(pipeline, result);
            }

            return code;
        }
#pragma warning disable CA1031 // A pipeline that could not start is reported like one that failed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            bool isStopped = exception is OperationCanceledException && (signals.ExitCode is not null || IsDisplaced);
            CliFault? fault = isStopped ? null : CliFault.Of(exception, invocation.Server, FaultPhase.Command);
            HasFailedToStart = true;
            _reports.Add(new RunReport(
                pipeline.Name,
                arguments.DryRun ? null : runId,
                isStopped ? "cancelled" : "failed",
                new BatchCounts(),
                invocation.Context.Clock.GetElapsedTime(started),
                null,
                fault?.Message)
            {
                IsDryRun = arguments.DryRun,
            });
            if (fault is not null)
            {
                invocation.Failure(fault with { Message = $"{pipeline.Name}: {fault.Message}" }, exception);
            }

            return fault?.ExitCode ?? signals.ExitCode ?? ExitCodes.Failed;
        }
    }

    private int End(ValidPipeline pipeline, PipelineResult result)
    {
        CliFault? fault = result.Fault is null || IsDisplaced ? null : CliFault.Of(result.Fault, invocation.Server, FaultPhase.Command);
        _reports.Add(RunReport.Of(result, fault?.Message) with { IsPartial = arguments.Limit is not null || ids is not null });
        if (fault is not null)
        {
            invocation.Failure(fault with { Message = $"{pipeline.Name}: {fault.Message}" }, result.Fault!);
        }

        if (result.Resumable && !IsDisplaced)
        {
            invocation.Context.ErrorLine($"{pipeline.Name}: continue with 'recon run {pipeline.Name} --resume', or start over with --fresh.");
        }

        return fault?.ExitCode ?? (result.Outcome == RunOutcome.Completed
            ? ExitCodes.Done
            : invocation.Context.Signals.ExitCode ?? ExitCodes.Failed);
    }

    // The run has ended and is reported; whatever goes wrong here is a failure of the file only.
    private async Task WriteRejectsAsync(ValidPipeline pipeline, PipelineResult result)
    {
        if (rejects is null)
        {
            return;
        }

        if (rejects.IsBroken)
        {
            invocation.Context.ErrorLine($"{pipeline.Name}: the rejects were not written to {rejects.Path}, which failed before.");
            return;
        }

        try
        {
            long count = await rejects.WriteAsync(
                server.Sources.Control, _tables, pipeline.Name, result.RunId, invocation.Context.Signals.Abort);
            _rejectNotes.Add($"{pipeline.Name}: {Show.Count(count)} rejects written to {rejects.Path}.");
        }
#pragma warning disable CA1031 // The file's failure must not hide how the run ended.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            CliFault fault = CliFault.Of(exception, invocation.Server, FaultPhase.Command);
            string published = result.Outcome == RunOutcome.Completed ? "the result is published, but " : "";
            invocation.Failure(
                fault with
                {
                    Message = $"{pipeline.Name}: {published}the rejects could not be written to {rejects.Path}: {fault.Message} "
                        + $"They are in {_tables.Rejects.Display}, run_id {result.RunId}.",
                },
                exception);
        }
    }

    // A job that wrote nothing, because each pipeline was refused, leaves the file of an earlier one.
    private async Task CompleteRejectsAsync()
    {
        if (rejects is null or { IsBroken: true } || _rejectNotes.Count == 0)
        {
            return;
        }

        try
        {
            await rejects.CompleteAsync();
            _rejectNotes.ForEach(invocation.Note);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            invocation.Failure(
                new CliFault($"The rejects could not be written to {rejects.Path}: {exception.Message} They are in {_tables.Rejects.Display}.", ExitCodes.Failed),
                exception);
        }
    }

    private RunContext Context(ValidPipeline pipeline) => new(
        server.Sources, RunRequest.Of(reading, arguments) with { Ids = ids?[pipeline.Name] }, pipeline)
    {
        Clock = invocation.Context.Clock,
        Metrics = telemetry?.Metrics,
        Logger = telemetry?.Logger ?? invocation.Logger,
        Progress = _progress,
        Pause = _pause,
        ToolVersion = ToolVersion.Current.Version,
        Mask = arguments.Mask ? value => Mask.Of(value)! : null,
        Sharing = Sharing,
    };
}
