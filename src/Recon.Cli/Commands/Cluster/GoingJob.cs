using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Commands.Cluster;

/// <summary>
/// The same run, which another process has taken over: whoever starts a coordinator again cannot know that a worker has taken its place.
/// A coordinator that is alive and was not replaced is none of that: two of them are a mistake, which the pipeline's lease tells.
/// </summary>
/// <param name="server">The server, for messages.</param>
/// <param name="say">Tells people a line.</param>
internal sealed class GoingJob(ReconDataSources sources, JobStore store, string server, TimeProvider clock, Action<string> say)
{
    // A coordinator that is alive shows itself twice a second.
    private static readonly TimeSpan s_alive = TimeSpan.FromSeconds(2);

    // So long it is looked at before that is believed, or before it is given up: after a server's pause, nobody has shown itself for a moment.
    private static readonly TimeSpan s_belief = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until the run that another process goes on with has ended.</summary>
    /// <param name="wanted">What this process would begin.</param>
    /// <returns>The run, with its outcome; <see langword="null"/> where there is none, or nobody goes on with it: then this process does the work.</returns>
    public async Task<SharedJob?> FollowAsync(SharedJob wanted, CancellationToken cancellationToken)
    {
        if (await SameAsync(wanted, cancellationToken) is not { } job)
        {
            return null;
        }

        say($"Run {job.Id}, begun by {job.StartedBy}, is the same. Checking whether another process is continuing it.");
        bool isFollowed = false;
        bool isOutOfReach = false;
        long lookedAtSince = clock.GetTimestamp();
        long? silentSince = null;
        while (true)
        {
            if (job.Outcome is not null)
            {
                return job is { IsTakenOver: true, Outcome: not JobOutcome.Abandoned } ? job : null;
            }

            if (job.IsTakenOver && !isFollowed && job.Silence < JobStore.Silent)
            {
                isFollowed = true;
                say("Another process is continuing it. This one waits until it ends; its own workers are not started.");
            }

            silentSince = job.Silence < JobStore.Silent ? null : silentSince ?? clock.GetTimestamp();
            if (silentSince is { } since && clock.GetElapsedTime(since) >= s_belief)
            {
                say($"Nobody is continuing run {job.Id}. This process takes it over.");
                return null;
            }

            if (!isFollowed && job.Silence < s_alive && clock.GetElapsedTime(lookedAtSince) >= s_belief)
            {
                return null;
            }

            await Task.Delay(s_look, clock, cancellationToken);
            try
            {
                await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
                if (await store.FindAsync(connection, job.Id, cancellationToken) is not { } found)
                {
                    return null;
                }

                (job, isOutOfReach) = (found, false);
            }
            catch (Exception exception) when (PostgresFaults.Classify(exception, server, FaultPhase.Command) is { Kind: FaultKind.Transient } fault)
            {
                if (!isOutOfReach)
                {
                    say($"The state of the run cannot be queried right now: {fault.Message}");
                }

                (isOutOfReach, silentSince, lookedAtSince) = (true, null, clock.GetTimestamp());
            }
        }
    }

    private async Task<SharedJob?> SameAsync(SharedJob wanted, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        return (await store.ListAsync(connection, cancellationToken))
            .Where(job => job.ToolVersion == wanted.ToolVersion
                && job.Definition == wanted.Definition
                && job.Pipelines.SequenceEqual(wanted.Pipelines)
                && Essence(job) == Essence(wanted))
            .OrderByDescending(static job => job.IsTakenOver && job.Silence < JobStore.Silent)
            .ThenBy(static job => job.Silence)
            .FirstOrDefault();
    }

    // Where its processes listen, and whether it continues an earlier one, changes nothing about the result; nor does the order of the gates,
    // which the server does not keep.
    private static string Essence(SharedJob job) => (job.Settings with
    {
        Resume = true,
        IsLocal = false,
        Certificate = null,
        Gates = new SortedDictionary<string, string>(job.Settings.Gates.ToDictionary(), StringComparer.Ordinal),
    }).ToJson();
}
