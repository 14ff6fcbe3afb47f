using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries.Review;

/// <summary>What was said of the records of one sample.</summary>
internal sealed record AuditTally(long Right, long Wrong, long Unknown)
{
    public long All => Right + Wrong + Unknown;
}

/// <summary>Keeps what people said of records of samples: of the result of one run, as another run may have made them anew.</summary>
internal sealed class AuditStore(StagingTables tables, string pipeline, Guid run)
{
    public const string Right = "right";
    public const string Wrong = "wrong";
    public const string Unknown = "unknown";

    /// <summary>The records that were judged, by stratum.</summary>
    public async Task<Dictionary<string, AuditTally>> CountAsync(NpgsqlConnection connection, CancellationToken token)
        => !await MirrorCatalog.ExistsAsync(connection, tables.Audit, token) ? [] : (await SqlText.Of($"""
            select stratum, count(*) filter (where verdict = 'right'), count(*) filter (where verdict = 'wrong'), count(*) filter (where verdict = 'unknown')
            from {tables.Audit} where pipeline = $1 and run_id = $2 group by 1
            """).ListAsync(
                connection,
                row => KeyValuePair.Create(row.GetString(0), new AuditTally(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3))),
                token,
                SqlValue.Of(pipeline),
                SqlValue.Of(run))).ToDictionary();

    /// <summary>Which of some records were judged.</summary>
    public async Task<HashSet<string>> JudgedAsync(NpgsqlConnection connection, IReadOnlyList<string> legacyIds, CancellationToken token)
        => !await MirrorCatalog.ExistsAsync(connection, tables.Audit, token) ? [] : [.. await SqlText.Of($"""
            select legacy_id from {tables.Audit} where pipeline = $1 and run_id = $2 and legacy_id = any($3)
            """).ListAsync(connection, row => row.GetString(0), token, SqlValue.Of(pipeline), SqlValue.Of(run), SqlValue.Of([.. legacyIds]))];

    /// <param name="verdict"><see cref="Right"/>, <see cref="Wrong"/> or <see cref="Unknown"/>.</param>
    public async Task WriteAsync(NpgsqlConnection connection, string legacyId, string stratum, string verdict, string by, CancellationToken token)
    {
        await new StagingSchema(tables).CreateAsync(connection, [], token);
        await SqlText.Of($"""
            insert into {tables.Audit} (pipeline, run_id, legacy_id, stratum, verdict, judged_by) values ($1, $2, $3, $4, $5, $6)
            on conflict (pipeline, run_id, legacy_id) do update set verdict = excluded.verdict, stratum = excluded.stratum, judged_by = excluded.judged_by, judged_at = clock_timestamp()
            """).ExecuteAsync(
                connection, token, SqlValue.Of(pipeline), SqlValue.Of(run), SqlValue.Of(legacyId), SqlValue.Of(stratum), SqlValue.Of(verdict), SqlValue.Of(by));
    }

    /// <summary>Takes back what somebody said last.</summary>
    /// <returns>Of which record; <see langword="null"/> for none.</returns>
    public async Task<string?> UndoAsync(NpgsqlConnection connection, string stratum, string by, CancellationToken token)
        => !await MirrorCatalog.ExistsAsync(connection, tables.Audit, token) ? null : (string?)await SqlText.Of($"""
            delete from {tables.Audit} where (pipeline, run_id, legacy_id) in (
                select pipeline, run_id, legacy_id from {tables.Audit} where pipeline = $1 and run_id = $2 and stratum = $3 and judged_by = $4
                order by judged_at desc limit 1) returning legacy_id
            """).ScalarAsync(connection, token, SqlValue.Of(pipeline), SqlValue.Of(run), SqlValue.Of(stratum), SqlValue.Of(by));
}
