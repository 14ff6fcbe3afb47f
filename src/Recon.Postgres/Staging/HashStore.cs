using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>
/// What runs leave for the next one: a row per batch, written in its transaction, and one that says what is published, written by
/// the publication. Without the latter, the others are nothing.
/// </summary>
internal sealed class HashStore(StagingTables tables)
{
    private const long Published = 0;
    private const long Gone = -1;

    // Entries in another form get another layout.
    private const int Form = 4;

    private static readonly SqlText s_now = SqlText.Of($"""
        select pg_snapshot_xmin(pg_current_snapshot())::text::int8, pg_current_xact_id()::text::int8,
            has_function_privilege('pg_control_system()', 'execute'),
            coalesce((select min(inhrelid::int8) from pg_inherits where inhparent = $1::regclass), 0),
            (select count(*) from pg_inherits where inhparent = $1::regclass),
            pg_snapshot_xmax(pg_current_snapshot())::text::int8
        """);

    private static readonly SqlText s_server = SqlText.Of(
        $"select system_identifier::text || ' ' || current_database() from pg_control_system()");

    private readonly SqlText _enter = SqlText.Of(
        $"insert into {tables.Hashes} (pipeline, run_id, batch, entries) values ($1, $2, $3, $4) on conflict do nothing");

    /// <summary>Fingerprint of what hashes depend on beside the record: the columns, and how they are written.</summary>
    public static string Layout(RowLayout layout) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n',
        [$"{Form} {StagingTables.Version} {layout.Stage.Table}", .. layout.Stored.Select(column => $"{column.Name} {column.Type}")]))));

    /// <summary>A seed for the hashes of a whole result.</summary>
    public static long NewSeed() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>Enters what a batch leaves.</summary>
    public NpgsqlBatchCommand Enter(RunIdentity run, long batch, ReadOnlyMemory<byte> entries)
        => _enter.InBatch(SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId), SqlValue.Of(batch), SqlValue.Bytes(entries));

    /// <returns>What is published; <see langword="null"/> where nobody can tell.</returns>
    public async Task<PublishedMark?> FindAsync(NpgsqlConnection connection, string pipeline, CancellationToken cancellationToken)
        => await SqlText.Of($"select state::text from {tables.Hashes} where pipeline = $1 and batch = {(int)Published} and state is not null")
            .ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(pipeline)) is [string state]
            ? JsonSerializer.Deserialize(state, PublishedMarkJson.Default.PublishedMark)
            : null;

    /// <summary>Reads what is known of the published records.</summary>
    /// <param name="unchanged">
    /// For each lookup, the HubSpot ids whose mirror rows are as they were; <see langword="null"/> where nobody can tell.
    /// </param>
    /// <param name="isClaimed">Whether somebody decided on the HubSpot id that a lookup led to; <see langword="null"/> where nobody did.</param>
    public async Task<FormerRecords> ReadAsync(
        NpgsqlConnection connection,
        string pipeline,
        PublishedMark published,
        IReadOnlyList<UnchangedIds>? unchanged,
        Func<int, long, bool>? isClaimed,
        CancellationToken cancellationToken)
    {
        var records = new FormerRecords(checked((int)published.Rows), published.Seed, unchanged, isClaimed);
        byte[] entries = new byte[16 * 1024];
        foreach (Guid run in published.Runs.Reverse())
        {
            records.BeginRun(isOldest: run == published.Runs[0]);
            await using NpgsqlCommand command = SqlText.Of(
                $"select entries from {tables.Hashes} where pipeline = $1 and run_id = $2 and state is null order by batch")
                .On(connection, SqlValue.Of(pipeline), SqlValue.Of(run));
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                int length = (int)reader.GetBytes(0, 0, null, 0, 0);
                if (length > entries.Length)
                {
                    entries = new byte[BitOperations.RoundUpToPowerOf2((uint)length)];
                }

                reader.GetBytes(0, 0, entries, 0, length);
                records.Add(entries.AsSpan(0, length));
            }
        }

        records.EndAdding();
        return records;
    }

    /// <summary>Whether the published table is still the one, and this server's time is not over.</summary>
    /// <returns>Why not, for people; <see langword="null"/> when it is.</returns>
    public async Task<string?> DoubtAsync(
        NpgsqlConnection connection, PublishedMark mark, StageBlockDefinition stage, CancellationToken cancellationToken)
    {
        (PublishedMark now, long next) = await LookAsync(connection, stage, mark, cancellationToken);
        return now.Layout != mark.Layout ? "the staging table has another layout"
            : now.Server != mark.Server ? "the result was published on another server"
            : now.Partition != mark.Partition ? "the staging table was filled by something else"
            : now.Oldest < mark.Oldest || next - mark.Oldest > int.MaxValue / 2 ? "the result is too old to tell what was changed since"
            : await HasTriggersAsync(connection, stage, cancellationToken) ? "the staging table has triggers"
            : null;
    }

    /// <summary>Enters what is published now, in the transaction that publishes it, and forgets everything else.</summary>
    /// <param name="traced">What its records came from; <see langword="null"/> where that cannot be told.</param>
    /// <param name="before">The result that this one changes; <see langword="null"/> for a whole one.</param>
    /// <param name="gone">Entries of ids that are gone.</param>
    /// <param name="adds">Whether what former runs left is still needed.</param>
    /// <param name="oldest">The oldest transaction that was under way when the rows were counted; <see langword="null"/> where none are of former runs.</param>
    public async Task PublishAsync(
        NpgsqlConnection connection,
        RunIdentity run,
        StageBlockDefinition stage,
        long seed,
        long rows,
        TracedRun? traced,
        PublishedMark? before,
        byte[] gone,
        bool adds,
        long? oldest,
        CancellationToken cancellationToken)
    {
        (PublishedMark mark, _) = await LookAsync(
            connection,
            stage,
            new PublishedMark("", [.. adds ? before!.Runs : [], run.RunId], seed, "", 0, 0, 0, rows) { Traced = traced, Base = before?.WholeRun },
            cancellationToken);
        mark = mark with { Oldest = Math.Min(mark.Oldest, oldest ?? long.MaxValue) };
        await SqlText.Of($"delete from {tables.Hashes} where pipeline = $1 and (batch = {(int)Published} or run_id <> all($2))")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Ids([.. mark.Runs]));
        if (gone.Length > 0)
        {
            await _enter.ExecuteAsync(
                connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId), SqlValue.Of(Gone), SqlValue.Bytes(gone));
        }

        await SqlText.Of($"insert into {tables.Hashes} (pipeline, run_id, batch, entries, state) values ($1, $2, {(int)Published}, '', $3)")
            .ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(run.Pipeline),
                SqlValue.Of(run.RunId),
                SqlValue.Json(JsonSerializer.Serialize(mark, PublishedMarkJson.Default.PublishedMark)));
    }

    /// <summary>Forgets what is known of a pipeline's result: it is about to become another one.</summary>
    public Task ForgetAsync(NpgsqlConnection connection, string pipeline, CancellationToken cancellationToken)
        => SqlText.Of($"delete from {tables.Hashes} where pipeline = $1").ExecuteAsync(connection, cancellationToken, SqlValue.Of(pipeline));

    /// <summary>
    /// Enters that nothing is known of some published records any more: their rows were written by something else than a run, in the
    /// current transaction. The next run compares and writes them, whatever it finds.
    /// </summary>
    public async Task DistrustAsync(
        NpgsqlConnection connection, string pipeline, IReadOnlyCollection<string> legacyIds, CancellationToken cancellationToken)
    {
        if (legacyIds.Count > 0 && await FindAsync(connection, pipeline, cancellationToken) is { } published)
        {
            await SqlText.Of($"""
                insert into {tables.Hashes} (pipeline, run_id, batch, entries)
                select $1, $2, least(min(batch), {(int)Gone}) - 1, $3 from {tables.Hashes} where pipeline = $1 and run_id = $2
                """).ExecuteAsync(
                    connection,
                    cancellationToken,
                    SqlValue.Of(pipeline),
                    SqlValue.Of(published.Runs[^1]),
                    SqlValue.Bytes(StagedHashes.WriteUnknown(legacyIds.Select(Encoding.UTF8.GetBytes))));
        }
    }

    /// <summary>Counts the published rows, and those that neither the publication that a mark tells of nor the current transaction wrote.</summary>
    /// <returns>Both, and the oldest transaction that was under way when they were counted: what it wrote was not seen.</returns>
    public async Task<(long Rows, long Foreign, long Oldest)> CountAsync(
        NpgsqlConnection connection, PublishedMark mark, StageBlockDefinition stage, CancellationToken cancellationToken)
    {
        StagedTable table = await StagedTable.RequireAsync(connection, tables, stage, cancellationToken);
        return (await SqlText.Of($"""
            select count(*), count(*) filter (where age(t.xmin) <= s.oldest and t.xmin <> s.published and t.xmin <> s.now),
                pg_snapshot_xmin(pg_current_snapshot())::text::int8
            from {table.Rows} t, (select age({Xid(1)}) as oldest, {Xid(2)} as published,
                (pg_current_xact_id()::text::int8 & 4294967295)::text::xid as now) s
            """).ListAsync(
                connection,
                row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
                cancellationToken,
                SqlValue.Of(mark.Oldest),
                SqlValue.Of(mark.Transaction)))[0];
    }

    private static SqlText Xid(int parameter) => SqlText.Of($"(${parameter}::int8 & 4294967295)::text::xid");

    // The mark of now, and the transaction that is next.
    private async Task<(PublishedMark Mark, long Next)> LookAsync(
        NpgsqlConnection connection, StageBlockDefinition stage, PublishedMark mark, CancellationToken cancellationToken)
    {
        StagedTable table = await StagedTable.RequireAsync(connection, tables, stage, cancellationToken);
        (PublishedMark now, bool mayAsk, long next) = (await s_now.ListAsync(
            connection,
            row => (
                mark with
                {
                    Layout = Layout(table.Layout),
                    Oldest = row.GetInt64(0),
                    Transaction = row.GetInt64(1),
                    Partition = row.GetInt64(4) == 1 ? row.GetInt64(3) : 0,
                },
                row.GetBoolean(2),
                row.GetInt64(5)),
            cancellationToken,
            SqlValue.Of(table.Rows.ToString())))[0];
        return (now with { Server = mayAsk ? (string)(await s_server.ScalarAsync(connection, cancellationToken))! : "" }, next);
    }

    // They would see a merge, and see no exchange.
    private async Task<bool> HasTriggersAsync(NpgsqlConnection connection, StageBlockDefinition stage, CancellationToken cancellationToken)
    {
        StagedTable table = await StagedTable.RequireAsync(connection, tables, stage, cancellationToken);
        return await SqlText.Of($"""
            select 1 from pg_trigger where not tgisinternal
                and (tgrelid = $1::regclass or tgrelid in (select inhrelid from pg_inherits where inhparent = $1::regclass)) limit 1
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(table.Rows.ToString())) is not null;
    }
}
