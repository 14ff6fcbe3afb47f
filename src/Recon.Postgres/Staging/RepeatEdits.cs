using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>Changes to rows of a table, named by their place in it, that are sent together: a round trip for each would add up.</summary>
internal sealed class RepeatEdits(NpgsqlConnection connection, SqlTable table)
{
    private const int MostAtOnce = 1_000;

    private readonly SqlText _conflict = SqlText.Of($"""
        update {table} set reconciliation_status = 'conflict', properties_to_update = jsonb_build_object(),
            previous_values = jsonb_build_object(), notes = $2, parent_ids = $3 where ctid = $1::tid
        """);

    private readonly SqlText _parents = SqlText.Of($"update {table} set parent_ids = $2 where ctid = $1::tid");
    private readonly SqlText _latest = SqlText.Of($"update {table} set notes = $2, parent_ids = $3 where ctid = $1::tid");
    private readonly SqlText _delete = SqlText.Of($"delete from {table} where ctid = any($1::tid[])");
    private readonly List<NpgsqlBatchCommand> _updates = [];
    private readonly List<string> _doomed = [];

    /// <summary>Makes a row a conflict, to which nothing is updated.</summary>
    /// <param name="parentIds">Its parents as JSON; <see langword="null"/> for none.</param>
    public void MakeConflict(string ctid, string notes, string? parentIds)
        => _updates.Add(_conflict.InBatch(SqlValue.Of(ctid), SqlValue.Of(notes), SqlValue.Json(parentIds)));

    /// <summary>Notes that a row counts, and not its repeats: it is the latest, or somebody decided so.</summary>
    /// <param name="parentIds">Its parents as JSON; <see langword="null"/> for none.</param>
    public void SetLatest(string ctid, string notes, string? parentIds)
        => _updates.Add(_latest.InBatch(SqlValue.Of(ctid), SqlValue.Of(notes), SqlValue.Json(parentIds)));

    /// <summary>Keeps the parents of folded rows.</summary>
    /// <param name="ctid">The place of the row that stays.</param>
    public void SetParents(string ctid, string parentIds)
        => _updates.Add(_parents.InBatch(SqlValue.Of(ctid), SqlValue.Json(parentIds)));

    public void Delete(string ctid) => _doomed.Add(ctid);

    /// <summary>Sends what has gathered if it is much.</summary>
    public Task WriteFullAsync(CancellationToken cancellationToken)
        => _updates.Count + _doomed.Count < MostAtOnce ? Task.CompletedTask : WriteAsync(cancellationToken);

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_doomed.Count > 0)
        {
            _updates.Add(_delete.InBatch(SqlValue.Of([.. _doomed])));
        }

        if (_updates.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            _updates.ForEach(batch.BatchCommands.Add);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        _updates.Clear();
        _doomed.Clear();
    }
}
