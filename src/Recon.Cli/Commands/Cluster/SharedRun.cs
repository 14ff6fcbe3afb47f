using System.Net;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Telemetry;
using Recon.Cluster;
using Recon.Dataflow.Definition;
using Recon.Postgres.Cluster;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands.Cluster;

/// <summary><c>recon run --workers</c>: coordinates the job, while other processes do its batches.</summary>
internal static class SharedRun
{
    public static async Task<(int ExitCode, IReadOnlyList<RunReport> Reports)> RunAsync(
        Invocation invocation,
        DefinitionReading reading,
        ServerConnection server,
        TelemetryExport? telemetry,
        RunArguments arguments,
        RejectsFile? rejects,
        Guid runId,
        IReadOnlyList<ValidPipeline> pipelines)
    {
        CancellationToken stop = invocation.Context.Signals.StopReading;
        StagingTables tables = new(reading.Definition!.Staging.Schema);
        using var access = ClusterAccess.Of(arguments.Sharing, invocation.Context.Environment);
        ClusterSettings settings = await JobCluster.SettingsAsync(invocation, server, access, runId, ListenAddress.Loopback, stop);
        JobStore store = new(tables);
        using var row = new JobRow(server.Sources, store, runId);
        await using var coordinator = new JobCoordinator(
            row, invocation.Context.Clock, invocation.Logger, run: null, stop);
        await using (NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(stop))
        {
            await ClusterSchema.EnsureAsync(connection, stop);
            await new StagingSchema(tables).CreateAsync(connection, [], stop);
        }

        var begun = new SharedJob(
            runId,
            [.. pipelines.Select(pipeline => pipeline.Name)],
            JobArguments.Of(arguments) with { IsLocal = IPAddress.IsLoopback(settings.Address), Certificate = access.Fingerprint },
            JobDefinition.FingerprintOf(reading, pipelines),
            ToolVersion.Current.Version,
            ThisProcess.Name(),
            Coordinator: "");
        if (arguments.Resume && await FollowGoingAsync(invocation, server, store, begun) is { Outcome: { } outcome } going)
        {
            RunJob followed = new(invocation, reading, server, telemetry, arguments, ids: null, rejects);
            int ended = TellEnd(invocation, outcome);
            await followed.ReportOthersAsync(going.Id, pipelines);
            return (await followed.CompleteAsync(ended), followed.Reports);
        }

        await using ClusterMember member = await JobCluster.JoinAsync(settings, coordinator, stop);
        coordinator.Member = member;
        SharingTerms sharing;
        await using (NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(stop))
        {
            sharing = await coordinator.BeginAsync(connection, begun with { Coordinator = member.Silo! }, stop);
        }

        await using var workers = new WorkerProcesses(
            () => WorkerProgram.Start(invocation, server, arguments, settings.Address.ToString(), runId),
            invocation.Context.ErrorLine,
            () => coordinator.Workers.Alive,
            invocation.Context.Clock);
        int exitCode = ExitCodes.Unexpected;
        RunJob job = new(invocation, reading, server, telemetry, arguments, ids: null, rejects)
        {
            Sharing = sharing with { Gone = workers.Gone },
        };
        try
        {
            if (arguments.Workers == 0)
            {
                invocation.Note($"Waiting for workers: 'recon worker' with the same definition joins run {runId}.");
            }

            workers.Start(arguments.Workers!.Value);

            // A signal reaches the workers of a terminal, too: that they end is no news then, and none is started in their place.
            await using CancellationTokenRegistration stopped = stop.Register(workers.BeginEnd);
            exitCode = await job.RunAsync(runId, pipelines);
            exitCode = invocation.Context.Signals.ExitCode
                ?? (exitCode != ExitCodes.Done && workers.Gone.IsCancellationRequested ? ExitCodes.Failed : exitCode);
            if (exitCode != ExitCodes.Done)
            {
                // Who was stopped for a while may lose its lease before it hears of its successor.
                await coordinator.LookAsync();
            }

            if (coordinator.IsReplaced && invocation.Context.Signals.ExitCode is null)
            {
                // Who only watches leaves the cluster: the next one that has to coordinate would be looked for here.
                await member.DisposeAsync();
                exitCode = await FollowAsync(invocation, coordinator);
                await job.ReportOthersAsync(runId, pipelines);
            }
        }
        finally
        {
            workers.BeginEnd();
            exitCode = await job.CompleteAsync(exitCode);
            await coordinator.EndAsync(JobOutcome.Of(exitCode));
            if (coordinator.IsReplaced)
            {
                // One of them may be who coordinates now: they end with the run, not with this process.
                workers.LetGo();
            }

            await workers.DisposeAsync();
            if (invocation.Context.Signals.ExitCode is null)
            {
                await coordinator.SayFarewellAsync(invocation.Context.Signals.Abort);
            }

            await member.DisposeAsync();
            await JobCluster.ForgetAsync(server, runId);
        }

        return (exitCode, job.Reports);
    }

    // Whoever waits for this process wants to know how the run ends.
    private static async Task<int> FollowAsync(Invocation invocation, JobCoordinator coordinator)
    {
        invocation.Context.ErrorLine("Another process has taken over the run. This one waits until it ends.");
        return TellEnd(invocation, await coordinator.OutcomeAsync(invocation.Context.Signals.StopReading) ?? JobOutcome.Abandoned);
    }

    private static async Task<SharedJob?> FollowGoingAsync(Invocation invocation, ServerConnection server, JobStore store, SharedJob begun)
    {
        RunSignals signals = invocation.Context.Signals;
        SignalWords words = signals.Words;
        signals.Words = SignalWords.OfFollower;
        SharedJob? going = await new GoingJob(
            server.Sources, store, invocation.Server, invocation.Context.Clock, invocation.Context.ErrorLine).FollowAsync(begun, signals.StopReading);
        signals.Words = words;
        return going;
    }

    private static int TellEnd(Invocation invocation, string outcome)
    {
        invocation.Context.ErrorLine($"The run has ended: {outcome}. 'recon log' shows it.");
        return outcome == JobOutcome.Completed ? ExitCodes.Done : ExitCodes.Failed;
    }
}
