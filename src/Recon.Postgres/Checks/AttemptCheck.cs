using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Checks;

/// <summary>Checks whether another run holds a pipeline, and whether an earlier one did not end.</summary>
internal sealed class AttemptCheck(NpgsqlConnection connection, DefinitionReading reading)
{
    private readonly StagingTables _tables = new(reading.Definition!.Staging.Schema);

    public async Task CheckAsync(ValidPipeline pipeline, FindingLog log, CancellationToken cancellationToken)
    {
        var place = new FindingPlace(pipeline.Source, nameof(pipeline.Name));
        if (await ExistsAsync(_tables.Lease, cancellationToken)
            && await HolderAsync(pipeline, cancellationToken) is { } holder)
        {
            log.Warn("lease", place, $"The pipeline is being run by {holder}.", "Wait until that run ends, or stop it.");
            return; // Its attempt is unfinished, of course.
        }

        if (await ExistsAsync(_tables.Log, cancellationToken) && await ExistsAsync(_tables.Ledger, cancellationToken)
            && await new RunLog(_tables).FindUnfinishedAsync(connection, pipeline.Name, cancellationToken) is { } unfinished)
        {
            string? changed = unfinished.StagingVersion != StagingTables.Version ? "recon's staging layout"
                : unfinished.Fingerprints.Definition != reading.FingerprintOf(pipeline) ? "the definition"
                : null;
            log.Warn(
                "unfinished run",
                place,
                $"The run {unfinished.RunId}, started {unfinished.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, is unfinished ({unfinished.Outcome}, {Show(unfinished.Batches)} batches committed).",
                changed is null
                    ? "Continue it with --resume, or discard it and start over with --fresh."
                    : $"It cannot be continued, because {changed} has changed since: start over with --fresh.");
        }
    }

    private async Task<bool> ExistsAsync(SqlTable table, CancellationToken cancellationToken)
        => await SqlText.Of($"select 1 where to_regclass($1) is not null and has_table_privilege(to_regclass($1), 'select')")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(table.ToString())) is not null;

    private async Task<string?> HolderAsync(ValidPipeline pipeline, CancellationToken cancellationToken)
        => (string?)await SqlText.Of($"""
            select holder || ' since ' || to_char(acquired_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'
            from {_tables.Lease}
            where pipeline = $1 and run_id is not null
                and heartbeat_at >= clock_timestamp() - make_interval(secs => {Lease.ExpirySeconds})
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(pipeline.Name));
}
