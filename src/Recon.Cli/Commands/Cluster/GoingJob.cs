using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Commands.Cluster;

/// <summary>
/// The same job, which another process goes on with: whoever restarts a coordinator that died cannot know that a worker has taken its place.
/// </summary>
internal sealed class GoingJob(ReconDataSources sources, JobStore store, TimeProvider clock)
{
    // A coordinator shows itself twice a second, and is replaced within five seconds when it dies.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    /// <summary>Finds a job with the same pipelines, definition and settings whose coordinator has been heard of lately.</summary>
    /// <returns>The job; <see langword="null"/> for none.</returns>
    public async Task<SharedJob?> FindAsync(SharedJob wanted, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        return (await store.ListAsync(connection, cancellationToken)).FirstOrDefault(job =>
            job.Silence < s_silence
            && job.ToolVersion == wanted.ToolVersion
            && job.Definition == wanted.Definition
            && job.Pipelines.SequenceEqual(wanted.Pipelines)
            && Essence(job) == Essence(wanted));
    }

    /// <summary>Waits until the job has ended, or nobody goes on with it.</summary>
    /// <returns>How it ended; <see langword="null"/> when nobody goes on with it.</returns>
    public async Task<string?> OutcomeAsync(Guid job, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
                SharedJob? found = await store.FindAsync(connection, job, cancellationToken);
                if (found is not { Outcome: null } || found.Silence >= s_silence)
                {
                    return found?.Outcome;
                }
            }
            catch (Exception exception) when (PostgresFaults.IsBroken(exception))
            {
                // It will be there again.
            }

            await Task.Delay(s_look, clock, cancellationToken);
        }
    }

    // Where its processes listen, and whether it continues an earlier one, changes nothing about the result.
    private static string Essence(SharedJob job) => (job.Settings with { Resume = true, IsLocal = false, Certificate = null }).ToJson();
}
