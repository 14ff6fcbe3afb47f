using Recon.Postgres.Faults;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>What the published result of a run and those of other pipelines claim of the same mirror table.</summary>
internal static class ClaimsReport
{
    public static async Task<IReadOnlyList<string>> TellAsync(RunContext run, CancellationToken cancellationToken)
    {
        List<string> told = [];
        try
        {
            foreach (OtherClaims other in OtherClaims.Of(run.Request.Definition, run.Pipeline).Where(other => !run.RunLater.Contains(other.Pipeline)))
            {
                string? text = await run.OnControlAsync<string?>(
                    run.EndingRetry(),
                    async (connection, token) => await other.IsPublishedAsync(connection, token) == true ? await other.TellAsync(connection, token) : null,
                    cancellationToken);
                told.AddRange(text is null ? [] : [text]);
            }
        }
        catch (Exception lost) when (PostgresFaults.IsBroken(lost) || lost is OperationCanceledException)
        {
            // The result is published: a run that did not fail does not fail by a warning.
        }

        return told;
    }
}
