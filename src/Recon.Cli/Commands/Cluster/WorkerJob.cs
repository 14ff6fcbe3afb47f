using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Telemetry;
using Recon.Cluster;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Cluster;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands.Cluster;

/// <summary><c>recon worker</c>: joins jobs, one after the other, and goes on with one whose coordinator is gone.</summary>
internal sealed class WorkerJob
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(10);

    private readonly Invocation _invocation;
    private readonly WorkerArguments _arguments;
    private readonly ClusterAccess _access;
    private readonly DefinitionReading _reading;
    private readonly ServerConnection _server;
    private readonly TelemetryExport? _telemetry;
    private readonly StagingTables _tables;
    private readonly JobStore _store;
    private readonly HashSet<Guid> _passedOver = [];
    private readonly CancellationToken _stop;

    private WorkerJob(
        Invocation invocation, WorkerArguments arguments, ClusterAccess access, DefinitionReading reading, ServerConnection server, TelemetryExport? telemetry)
    {
        (_invocation, _arguments, _access, _reading, _server, _telemetry) = (invocation, arguments, access, reading, server, telemetry);
        _tables = new StagingTables(reading.Definition!.Staging.Schema);
        _store = new JobStore(_tables);
        _stop = invocation.Context.Signals.StopReading;
    }

    public static async Task<int> RunAsync(Invocation invocation, WorkerArguments arguments)
    {
        using var access = ClusterAccess.Of(arguments.Sharing, invocation.Context.Environment);
        DefinitionReading reading = invocation.ReadDefinition();
        await using var telemetry = TelemetryExport.Start(invocation, file: null);
        var replica = ConnectionSettings.ResolveReplica(arguments.PostgresRead, invocation.InsecureTls, invocation.Context.Environment);
        await using ServerConnection server = await ServerConnection.OpenAsync(
            invocation, reading, invocation.Context.Signals.StopReading, replica: replica);
        return await new WorkerJob(invocation, arguments, access, reading, server, telemetry).RunAsync();
    }

    private async Task<int> RunAsync()
    {
        long batches = 0;
        WorkerEnd end = new(WorkerEndKind.Stopped, 0);
        Guid? last = null;
        do
        {
            if (await FindAsync() is not { } job)
            {
                last = _arguments.Job ?? last;
                end = await EndWithoutAsync();
                break;
            }

            last = job.Id;
            end = await TryTakePartAsync(job);
            batches += end.Batches;
            _invocation.HasActed |= end.Batches > 0;
            await RestAsync(job, end);
        }
        while (IsPatient && end.Kind != WorkerEndKind.Stopped);

        if (_invocation.Json)
        {
            _invocation.Text(JsonText.Of(
                new WorkerDocument(last, end.Kind.ToString().ToLowerInvariant(), batches), WorkerJson.Default.WorkerDocument));
        }

        return _invocation.Context.Signals.ExitCode ?? end.Kind switch
        {
            WorkerEndKind.Ended => ExitCodes.Done,
            WorkerEndKind.Refused => ExitCodes.Refused,
            _ => ExitCodes.Failed,
        };
    }

    // It was stopped, or the run that it was to join has ended or is forgotten.
    private async Task<WorkerEnd> EndWithoutAsync()
    {
        if (_stop.IsCancellationRequested || _arguments.Job is not { } wanted)
        {
            return new WorkerEnd(WorkerEndKind.Stopped, 0);
        }

        SharedJob? found = await FindAsync(wanted);
        WorkerEnd end = EndOf(new WorkerEnd(WorkerEndKind.Ended, 0), found is { Outcome: null } ? JobOutcome.Abandoned : found?.Outcome);
        _invocation.Note($"Run {wanted} has ended{(end.Message is null ? "." : $": {end.Message}")}");
        return end;
    }

    // One that waits for any run does not end with what is wrong now.
    private async Task<WorkerEnd> TryTakePartAsync(SharedJob job)
    {
        try
        {
            return await TakePartAsync(job);
        }
        catch (Exception exception) when (IsPatient && PostgresFaults.IsBroken(exception))
        {
            string message = CliFault.Of(exception, _invocation.Server, FaultPhase.Command).Message;
            _invocation.Context.ErrorLine($"Run {job.Id} is left for now: {message}");
            return new WorkerEnd(WorkerEndKind.Unreachable, 0, message);
        }
    }

    // What refused it once refuses it again; what could not be reached may be there in a moment.
    private async Task RestAsync(SharedJob job, WorkerEnd end)
    {
        if (end.Kind == WorkerEndKind.Refused)
        {
            _passedOver.Add(job.Id);
        }
        else if (end.Kind == WorkerEndKind.Unreachable && IsPatient)
        {
            await PauseAsync(s_again);
        }
    }

    private bool IsPatient => !_arguments.Once && _arguments.Job is null;

    private Task PauseAsync(TimeSpan time) => Task.Delay(time, _invocation.Context.Clock, _stop).ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    // Null when there is none to wait for: it was stopped, or the one that was asked for has ended.
    private async Task<SharedJob?> FindAsync()
    {
        bool hasTold = false;
        bool isOutOfReach = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                IReadOnlyList<SharedJob> going = await ListAsync();
                await RequireKnownAsync();
                SharedJob? job = going.FirstOrDefault(job => (_arguments.Job is null || job.Id == _arguments.Job) && !_passedOver.Contains(job.Id) && Fits(job));
                if (job is not null || (_arguments.Job is { } wanted && going.All(job => job.Id != wanted)))
                {
                    return job;
                }

                isOutOfReach = false;
            }
            catch (Exception exception) when (PostgresFaults.Classify(exception, _invocation.Server, FaultPhase.Command).Kind == FaultKind.Transient)
            {
                if (!isOutOfReach)
                {
                    _invocation.Context.ErrorLine($"Runs cannot be looked for now: {CliFault.Of(exception, _invocation.Server, FaultPhase.Command).Message}");
                }

                isOutOfReach = true;
            }

            if (!hasTold)
            {
                _invocation.Note("Waiting for a run with workers.");
                hasTold = true;
            }

            await PauseAsync(s_look);
        }

        return null;
    }

    private async Task<IReadOnlyList<SharedJob>> ListAsync()
    {
        await using NpgsqlConnection connection = await _server.Sources.Control.OpenConnectionAsync(CancellationToken.None);
        return await _store.ListAsync(connection, CancellationToken.None);
    }

    // A run that has ended is none to wait for; one that never was is a mistake.
    private async Task RequireKnownAsync()
    {
        if (_arguments.Job is not { } wanted)
        {
            return;
        }

        if (await FindAsync(wanted) is null)
        {
            throw new UsageException(
                $"--job {wanted}: {_tables.Jobs.Display} has no such run. Leave --job out to join the run that is going, or the next one.");
        }
    }

    private async Task<SharedJob?> FindAsync(Guid job)
    {
        await using NpgsqlConnection connection = await _server.Sources.Control.OpenConnectionAsync(CancellationToken.None);
        return await MirrorCatalog.ExistsAsync(connection, _tables.Jobs, CancellationToken.None)
            ? await _store.FindAsync(connection, job, CancellationToken.None)
            : null;
    }

    private bool Fits(SharedJob job)
    {
        string? why = job.ToolVersion != ToolVersion.Current.Version
            ? $"recon {job.ToolVersion} began it, and this is {ToolVersion.Current.Version}"
            : JobDefinition.FingerprintOf(_reading, job.Pipelines) != job.Definition ? "it uses another definition"
            : _access.WhyNot(job.Settings.Certificate);
        if (why is null)
        {
            return true;
        }

        if (_arguments.Job is not null)
        {
            throw new UsageException($"Run {job.Id}, begun by {job.StartedBy}, cannot be joined: {why}.");
        }

        _passedOver.Add(job.Id);
        _invocation.Context.ErrorLine($"Run {job.Id}, begun by {job.StartedBy}, is not joined: {why}.");
        return false;
    }

    private async Task<WorkerEnd> TakePartAsync(SharedJob job)
    {
        // A job of one machine is joined there, without being asked where.
        bool isLocal = job.Settings.IsLocal;
        ClusterSettings settings = await JobCluster.SettingsAsync(
            _invocation, _server, _access, job.Id, isLocal ? ListenAddress.Loopback : new ListenAddress(ListenAddress.Auto, 0), _stop);
        await using (NpgsqlConnection connection = await _server.Sources.Control.OpenConnectionAsync(_stop))
        {
            await ClusterSchema.EnsureAsync(connection, _stop);
        }

        using var row = new JobRow(_server.Sources, _store, job.Id);
        await using var coordinator = new JobCoordinator(row, _invocation.Context.Clock, _invocation.Logger, CoordinateAsync, _stop);
        await using ClusterMember? member = await JoinAsync(settings, coordinator, isLocal);
        if (member is null)
        {
            return new WorkerEnd(WorkerEndKind.Stopped, 0);
        }

        coordinator.Member = member;
        _invocation.Note($"Joined run {job.Id}, begun by {job.StartedBy}.");
        var context = new WorkerContext(_server.Sources, _ => RunRequest.Of(_reading, JobArguments.Of(job)))
        {
            Clock = _invocation.Context.Clock,
            Metrics = _telemetry?.Metrics,
            Logger = _telemetry?.Logger ?? _invocation.Logger,
            ToolVersion = ToolVersion.Current.Version,
        };
        WorkerEnd end = await new SplitWorker(context).RunAsync(member, coordinator.Resigned, _invocation.Context.Signals.Abort);
        if (end.Kind == WorkerEndKind.Stopped && !_stop.IsCancellationRequested)
        {
            // It would be led back to this process, which cannot do it. A process that is started anew may.
            _passedOver.Add(job.Id);
            end = end with { Kind = WorkerEndKind.Failed, Message = "This process could not take the coordinator's place, and leaves the run to others." };
        }

        // Whoever has taken a job over stays until it has ended, or hands it over.
        await coordinator.FinishAsync();
        await coordinator.SayFarewellAsync(_invocation.Context.Signals.Abort);
        await member.DisposeAsync();
        await JobCluster.ForgetAsync(_server, job.Id);
        end = end.Kind == WorkerEndKind.Ended ? EndOf(end, await coordinator.LastOutcomeAsync()) : end;
        _invocation.Note($"Left run {job.Id}: {Show.Count(end.Batches)} {(end.Batches == 1 ? "batch" : "batches")} committed{(end.Message is null ? "" : $". {end.Message}")}");
        return end;
    }

    private static WorkerEnd EndOf(WorkerEnd end, string? outcome) => outcome switch
    {
        JobOutcome.Completed => end,
        JobOutcome.Cancelled => end with { Kind = WorkerEndKind.Cancelled, Message = "The run was cancelled, and can be resumed." },
        JobOutcome.Failed => end with { Kind = WorkerEndKind.Failed, Message = "The run has failed; its coordinator and 'recon log' say why." },
        JobOutcome.Abandoned => end with { Kind = WorkerEndKind.Failed, Message = "Nobody has gone on with the run." },
        _ => end with { Kind = WorkerEndKind.Unreachable, Message = "How the run ended could not be asked; 'recon log' shows it." },
    };

    // Null when it was stopped.
    private async Task<ClusterMember?> JoinAsync(ClusterSettings settings, JobCoordinator coordinator, bool isLocal)
    {
        try
        {
            return await JobCluster.JoinAsync(settings, coordinator, _stop);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
        catch (IOException exception) when (isLocal)
        {
            throw new IOException($"{exception.Message} The run's coordinator listens on its own machine only: start it with --listen to have workers elsewhere.", exception);
        }
    }

    private async Task<int?> CoordinateAsync(SharedJob job, SharingTerms sharing)
    {
        IReadOnlyDictionary<string, string> begun;
        await using (NpgsqlConnection connection = await _server.Sources.Control.OpenConnectionAsync(_stop))
        {
            begun = await _store.BegunAsync(connection, job.Id, _stop);
        }

        ValidPipeline[] left =
        [
            .. Invocation.Select(_reading.Definition!, job.Pipelines).Where(pipeline => begun.GetValueOrDefault(pipeline.Name) != JobOutcome.Completed),
        ];
        var run = new RunJob(_invocation, _reading, _server, _telemetry, JobArguments.Of(job), ids: null, rejects: null) { Sharing = sharing };
        int exitCode = await run.RunAsync(job.Id, left);

        // Who is stopped leaves the job to the others, and so does who could not begin with it: what is wrong here may be right elsewhere.
        if (_invocation.Context.Signals.ExitCode is not null || run.HasFailedToStart || sharing.Displaced.IsCancellationRequested)
        {
            return null;
        }

        _invocation.Note($"Run {job.Id} has ended with exit code {exitCode}.");
        return exitCode;
    }
}
