using Npgsql;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>Decides whether a run starts anew or continues an unfinished attempt.</summary>
internal static class AttemptChoice
{
    /// <summary>Decides, and drops attempts that nobody will continue.</summary>
    /// <returns>The attempt to continue, or <see langword="null"/> to start over.</returns>
    /// <exception cref="StagingException">The user has to choose, or the attempt cannot be continued.</exception>
    public static async Task<UnfinishedRun?> DecideAsync(
        NpgsqlConnection connection,
        RunLog log,
        Attempt attempts,
        RunContext context,
        RunIdentity run,
        RunFingerprints now,
        LeaseFence fence,
        CancellationToken cancellationToken)
    {
        ValidPipeline pipeline = context.Pipeline;
        UnfinishedRun? unfinished = await log.FindUnfinishedAsync(connection, pipeline.Name, cancellationToken);
        RunRequest request = context.RequestFor(unfinished, run);
        if (request.IsPartial)
        {
            if (request.Resume)
            {
                throw new StagingException(
                    "--resume continues whole runs; a run with --limit or --ids is short enough to be run again. Leave one out.");
            }

            await attempts.DropAsync(connection, pipeline, keep: null, fence, cancellationToken, onlyPartial: true);
            return null;
        }

        // A killed run over standard input leaves an attempt, too; nobody can give it the same input again.
        if (unfinished is null || request.Fresh || RunInput.IsStandardInput(unfinished.Fingerprints.Input))
        {
            await attempts.DropAsync(connection, pipeline, keep: null, fence, cancellationToken);
            return null;
        }

        if (!request.Resume)
        {
            throw new StagingException(
                $"The run {unfinished.RunId} of '{pipeline.Name}', started {unfinished.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, "
                + $"is unfinished ({(unfinished.Outcome == "running" ? "killed" : unfinished.Outcome)}, {CountText.Show(unfinished.Batches)} batches committed). Continue it with "
                + "--resume, or discard it and start over with --fresh.");
        }

        RequireUnchanged(pipeline, unfinished, now, ObjectAddress.Shown(request.Input ?? pipeline.Csv.Path));
        await attempts.DropAsync(connection, pipeline, keep: unfinished.RunId, fence, cancellationToken);
        return unfinished;
    }

    private static void RequireUnchanged(ValidPipeline pipeline, UnfinishedRun unfinished, RunFingerprints now, string input)
    {
        string? changed =
            unfinished.StagingVersion != StagingTables.Version ? "the version of recon's staging layout"
            : DefinitionOnly(unfinished.Fingerprints) != DefinitionOnly(now) ? "the pipeline's definition"
            : unfinished.Fingerprints.Definition != now.Definition ? "the content of a map file"
            : unfinished.Fingerprints.Input != now.Input ? $"the input ({input})"
            : null;
        if (changed is not null)
        {
            throw new StagingException(
                $"The run {unfinished.RunId} of '{pipeline.Name}' cannot be resumed: {changed} has changed since. A resumed run "
                + "must give what an undisturbed one would. Start anew with --fresh.");
        }
    }

    private static string DefinitionOnly(RunFingerprints fingerprints)
        => fingerprints.Definition.Split(MirrorSession.MapsMark, 2)[0];
}
