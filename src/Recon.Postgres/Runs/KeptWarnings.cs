using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>The warnings of a run, in its entry in the log. None of them holds a value of a record but ids of HubSpot.</summary>
internal static class KeptWarnings
{
    /// <summary>
    /// Adds them to the entry, once the run has ended: why ids were not found is known only then. A run whose warnings cannot be
    /// kept has ended all the same, and so has one whose entry is another's by now.
    /// </summary>
    public static async Task KeepAsync(RunContext context, RunIdentity run, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
        {
            return;
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), context.Clock);
        try
        {
            await using NpgsqlConnection connection = await context.Sources.Control.OpenConnectionAsync(patience.Token);
            await using CancellationTokenRegistration giveUp = ConnectionBreaker.BreakWhen(connection, patience.Token);
            await SqlText.Of($"""
                with fence as (select 1 from {context.Tables.Lease} where pipeline = $2 and epoch = $4 for key share)
                update {context.Tables.Log} set details = details || jsonb_build_object({new SqlLiteral(CountsJson.Warnings)}, to_jsonb($3))
                where run_id = $1 and pipeline = $2 and outcome <> 'running' and exists (select 1 from fence)
                """).ExecuteAsync(
                    connection, patience.Token, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline), SqlValue.Of([.. warnings]), SqlValue.Of(run.Epoch));
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception) || patience.IsCancellationRequested)
        {
            // The server is gone, and the warnings were told.
        }
    }
}
