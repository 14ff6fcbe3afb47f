using System.Text;
using Npgsql;
using NpgsqlTypes;
using Polly;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>
/// Commits batches to a run's own table: ledger entry, rows and rejects in one transaction. The ledger entry comes
/// first and does nothing on conflict, so a batch whose COMMIT reply was lost is recognised when it is tried again.
/// </summary>
/// <remarks>
/// Batches commit without waiting for the disk: rows and ledger entry are lost together or not at all, and a lost batch
/// is done again on resume. The publication commits durably.
/// </remarks>
/// <param name="attempt">The run's own table; rows that may repeat an id go to the one beside it.</param>
/// <param name="differ">Compared the batches, and counts one again of which rows are refused.</param>
/// <param name="idColumn">The column of the legacy id.</param>
/// <param name="files">Names of the source files, by index.</param>
/// <param name="splits">Which splits a worker may commit; <see langword="null"/> for a run that does everything itself.</param>
internal sealed class BatchWriter(
    NpgsqlDataSource source,
    StagingTables tables,
    SqlTable attempt,
    TupleLayout layout,
    RecordDiffer differ,
    int idColumn,
    RunIdentity run,
    IReadOnlyList<string> files,
    ResiliencePipeline retry,
    TimeProvider clock,
    ReconMetrics? metrics,
    SplitFence? splits = null)
{
    private static readonly SqlText s_nothing = SqlText.Of($"");
    private static readonly (bool IsUsual, bool HasChanges)[] s_kinds = [(true, false), (true, true), (false, false), (false, true)];

    private readonly SqlText _ledger = SqlText.Of($"""
        with fence as (select 1 from {tables.Lease} where pipeline = $2 and epoch = $3 for key share){(splits is null ? s_nothing : SplitFence.Holding(tables))}
        insert into {tables.Ledger} (run_id, pipeline, batch, file, start_byte, end_byte, start_line, end_line,
            read, staged, folded, filtered, rejected, counts)
        select $1, $2, $4, $5::int, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 from fence{(splits is null ? s_nothing : SplitFence.Source)}
        on conflict do nothing
        """);

    private readonly HashStore _hashes = new(tables);
    private readonly SqlText _applied = SqlText.Of($"select counts::text from {tables.Ledger} where run_id = $1 and pipeline = $2 and batch = $3");
    private readonly IReadOnlyList<(bool IsUsual, bool HasChanges, string Copy)> _copies =
        [.. s_kinds.Select(kind => (kind.IsUsual, kind.HasChanges, CopyTo(attempt, layout.Columns(kind.IsUsual, kind.HasChanges))))];

    private readonly string _copyRepeats = CopyTo(tables.Repeats(attempt), layout.Columns(isUsual: false, hasChanges: true));
    private readonly SqlText _copyRejects = SqlText.Of($"""
        copy {tables.Rejects} (run_id, pipeline, batch, source_file, line, byte_offset, column_name, reason_code,
            message, raw_record) from stdin (format binary)
        """);

    /// <summary>Commits a batch. Thread-safe: several batches are written at the same time.</summary>
    /// <param name="batch">The batch. Its counts and rejects may change: a row that PostgreSQL refuses becomes a reject.</param>
    /// <returns>Whether the batch was written now; <see langword="false"/> when it had been applied before.</returns>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    /// <exception cref="SplitTakenException">Another worker has the batch's split.</exception>
    public async ValueTask<bool> WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        StagedTuples staged = batch.Staged as StagedTuples
            ?? throw new InvalidOperationException($"{batch} was not encoded for PostgreSQL before it was staged.");
        var lots = new BatchLots(
            [.. _copies.Select(copy => new StagedLot(staged.Lot(copy.IsUsual, copy.HasChanges), copy.Copy)), new StagedLot(staged.Repeats, _copyRepeats)]);
        HashSet<int>? refusedRows = null;
        while (true)
        {
            RequireBalance(batch);
            ReadOnlyMemory<byte> entries = staged.Hashes is { } hashes ? hashes.Write(batch, idColumn, refusedRows) : default;
            using var wait = new WaitScope(batch.Waits, WaitFor.Answer);
            try
            {
                return await retry.ExecuteAsync(
                    async token => await WriteOnceAsync(batch, lots, entries, token), cancellationToken);
            }
            catch (PostgresException exception) when (lots.Sending is not null && PostgresFaults.IsBadRow(exception))
            {
                // The transaction was rolled back. The rows at fault go to the rejects, the others try again.
                StagedLot lot = lots.Sending;
                List<RefusedTuple> refused = await retry.ExecuteAsync(
                    async token => await FindRefusedAsync(batch, lot, token), cancellationToken);
                if (refused.Count == 0)
                {
                    throw;
                }

                refusedRows ??= [];
                refused.ForEach(row => refusedRows.Add(Refuse(batch, lot, row)));
                Recount(batch, refusedRows);
            }
        }
    }

    private static string CopyTo(SqlTable table, IReadOnlyList<string> columns)
        => SqlText.Of($"copy {table} ({SqlText.Names(columns)}) from stdin (format binary)").Text;

    private async Task<bool> WriteOnceAsync(RecordBatch batch, BatchLots lots, ReadOnlyMemory<byte> entries, CancellationToken cancellationToken)
    {
        lots.Sending = null;
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await EnterAsync(connection, transaction, batch, entries, cancellationToken))
        {
            return false;
        }

        long started = clock.GetTimestamp();
        foreach (StagedLot lot in lots.All.Where(lot => lot.Refused.Remaining > 0))
        {
            lots.Sending = lot;
            await TupleCopy.SendAsync(connection, lot.Copy, lot.Refused.Pieces(), cancellationToken);
        }

        if (lots.Sending is not null)
        {
            // What is refused from here on, such as a reject, is no row of the batch.
            lots.Sending = null;
            metrics?.Copied(run.Pipeline, clock.GetElapsedTime(started));
        }

        if (batch.Rejects.Count > 0)
        {
            await CopyRejectsAsync(connection, batch, cancellationToken);
        }

        using (new WaitScope(batch.Waits, WaitFor.Commit))
        {
            await transaction.CommitAsync(cancellationToken);
        }

        return true;
    }

    // Enters the batch into the ledger; false when it is there already.
    private async Task<bool> EnterAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RecordBatch batch, ReadOnlyMemory<byte> entries, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(connection, transaction);
        commands.BatchCommands.Add(new NpgsqlBatchCommand("set local synchronous_commit = off"));
        NpgsqlBatchCommand enter = _ledger.InBatch(
            SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline), SqlValue.Of(run.Epoch), SqlValue.Of(batch.Number));
        BatchCounts counts = batch.Counts;
        foreach (long number in (ReadOnlySpan<long>)
            [batch.Range.File, batch.Range.StartByte, batch.Range.EndByte, batch.Range.StartLine, batch.Range.EndLine,
                counts.Read, counts.Staged, counts.Folded, counts.Filtered, counts.Rejected])
        {
            enter.Parameters.Add(SqlValue.Of(number));
        }

        enter.Parameters.Add(SqlValue.Json(CountsJson.Write(counts)));
        splits?.AddTo(enter, batch);
        commands.BatchCommands.Add(enter);
        if (entries.Length > 0)
        {
            commands.BatchCommands.Add(_hashes.Enter(run, batch.Number, entries));
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
        if (enter.RecordsAffected == 1)
        {
            return true;
        }

        if (await _applied.ScalarAsync(
            connection, cancellationToken, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline), SqlValue.Of(batch.Number)) is string applied)
        {
            // Whoever applied it may have seen another mirror: what it counted is what counts.
            batch.Counts = CountsJson.Read(applied);
            return false;
        }

        LeaseFence lease = new(tables, run);
        if (splits is null)
        {
            throw await lease.LostAsync(connection, cancellationToken);
        }

        await lease.HoldAsync(connection, cancellationToken);
        throw new SplitTakenException(batch);
    }

    // The server names a row that it refuses in its own language, and not always. So parts of the rows are sent and taken
    // back, ever smaller ones, until each row at fault is sent alone.
    private async Task<List<RefusedTuple>> FindRefusedAsync(RecordBatch batch, StagedLot lot, CancellationToken cancellationToken)
    {
        List<RefusedTuple> refused = [];
        var parts = new Stack<ArraySegment<int>>([lot.Refused.Left()]);
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(tables, run).HoldAsync(connection, cancellationToken);
        await (splits?.HoldAsync(connection, tables, run, batch, cancellationToken) ?? Task.CompletedTask);
        while (parts.TryPop(out ArraySegment<int> part))
        {
            await transaction.SaveAsync("part", cancellationToken);
            try
            {
                await TupleCopy.SendAsync(connection, lot.Copy, part.Select(lot.Rows.Tuple), cancellationToken);
            }
            catch (PostgresException exception) when (PostgresFaults.IsBadRow(exception))
            {
                await transaction.RollbackAsync("part", cancellationToken);
                if (part.Count == 1)
                {
                    refused.Add(new RefusedTuple(part[0], exception.SqlState));
                }
                else
                {
                    parts.Push(part[(part.Count / 2)..]);
                    parts.Push(part[..(part.Count / 2)]);
                }
            }

            await transaction.ReleaseAsync("part", cancellationToken);
        }

        return refused;
    }

    private async Task CopyRejectsAsync(NpgsqlConnection connection, RecordBatch batch, CancellationToken cancellationToken)
    {
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(_copyRejects.Text, cancellationToken);
        foreach (RejectedRecord reject in batch.Rejects)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(run.RunId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(run.Pipeline, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(batch.Number, NpgsqlDbType.Bigint, cancellationToken);
            await WriteTextAsync(copy, files[batch.Range.File], cancellationToken);
            await copy.WriteAsync(reject.Line, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(reject.ByteOffset, NpgsqlDbType.Bigint, cancellationToken);
            await WriteTextAsync(copy, reject.Column, cancellationToken);
            await copy.WriteAsync(reject.Reason, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(reject.Message, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(Storable(reject.Raw), NpgsqlDbType.Text, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static Task WriteTextAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken cancellationToken)
        => text is null
            ? copy.WriteNullAsync(cancellationToken)
            : copy.WriteAsync(text, NpgsqlDbType.Text, cancellationToken);

    // What PostgreSQL cannot store is shown, not dropped: NUL as its symbol, lone surrogates as U+FFFD.
    private static string Storable(string raw)
        => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(raw.Replace('\0', '\u2400')));

    // Nothing of a refused row counts but the reject, not even a value that was withheld from it.
    private void Recount(RecordBatch batch, HashSet<int> refused)
    {
        differ.Recount(batch, refused);
        batch.Counts.Rejected += refused.Count;
        BatchCounts.Increment(batch.Counts.ByReason, RejectReasons.DatabaseRefused, refused.Count);
    }

    private static int Refuse(RecordBatch batch, StagedLot lot, RefusedTuple refused)
    {
        int row = lot.Rows.SourceRow(refused.Tuple);
        batch.Rejects.Add(new RejectedRecord(
            batch.Line(row),
            batch.ByteOffset(row),
            null,
            RejectReasons.DatabaseRefused,
            $"PostgreSQL refused the row with SQLSTATE {refused.SqlState}: a value does not fit its staging column. "
            + "Look the code up in PostgreSQL's list of error codes, fix the record, and run again.",
            RecordText.Of(batch, row)));
        lot.Refused.Refuse(refused.Tuple);
        return row;
    }

    private static void RequireBalance(RecordBatch batch)
    {
        BatchCounts counts = batch.Counts;
        if (!counts.Balances)
        {
            throw new RowAccountException(
                $"The row account of {batch} does not balance: read {counts.Read}, staged {counts.Staged}, "
                + $"folded {counts.Folded}, filtered {counts.Filtered}, rejected {counts.Rejected}. This is a fault in "
                + "recon: nothing of the batch was written; please report it.");
        }
    }
}
