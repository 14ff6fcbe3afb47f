using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Decisions;

/// <summary>Reads published rows of records that are judged again.</summary>
internal sealed class StagedRecords(StagingTables tables, StagedTable table)
{
    private readonly SqlName _key = new(table.Layout.Stage.LegacyId);
    private readonly SqlName _hubspotId = new(table.Layout.Stage.HubspotId);

    /// <summary>Reads the rows of records, in the order of their ids, and keeps others from changing them until the end of the transaction.</summary>
    public Task<List<StagedRecord>> ReadAsync(NpgsqlConnection connection, IReadOnlyCollection<string> legacyIds, CancellationToken cancellationToken)
    {
        SqlText properties = StagingView.LegacyProperties(tables, table.Layout, new SqlName("t"));
        SqlText names = table.Layout.IsPacked
            ? SqlText.Of($"(select n.names from {tables.Names} n where n.id = t.{new SqlName(CommonColumns.Packed[1].Name)})")
            : SqlText.Of($"null::text[]");
        return SqlText.Of($"""
            select {_key}, {_hubspotId}, reconciliation_status, match_rule, notes, properties_to_update::text, source_line, source_file, run_id,
                {names}, ({properties})::text, parent_ids::text
            from {table.Rows} t where {_key} = any($1) order by {_key} collate "C" for update of t
            """).ListAsync(
                connection,
                row => new StagedRecord(
                    row.GetString(0),
                    row[1] as long?,
                    row.GetString(2),
                    row[3] as string,
                    row[4] as string,
                    row.GetString(5),
                    row[6] as long? ?? 0,
                    row[7] as string,
                    row[8] as Guid?,
                    row[11] as string,
                    row[9] is string[] held ? held.ToHashSet(StringComparer.OrdinalIgnoreCase) : null,
                    StagedRecord.ValuesOf(row.GetString(10))),
                cancellationToken,
                SqlValue.Of([.. legacyIds]));
    }

    /// <summary>The legacy ids of rows that lost their claim on one of some HubSpot records.</summary>
    public Task<List<string>> LosersAsync(NpgsqlConnection connection, IReadOnlyCollection<long> hubspotIds, CancellationToken cancellationToken)
        => hubspotIds.Count == 0 ? Task.FromResult<List<string>>([]) : SqlText.Of($"""
            select {_key} from {table.Rows} t where reconciliation_status = 'ambiguous' and notes like any($1)
            """).ListAsync(
                connection,
                row => row.GetString(0),
                cancellationToken,
                SqlValue.Of([.. hubspotIds.Select(id => FormattableString.Invariant($"{Claims.NoteStart}{id}{Claims.NoteMiddle}%"))]));

    /// <summary>The legacy ids of rows that hold one of some HubSpot records.</summary>
    public Task<List<string>> HoldersAsync(NpgsqlConnection connection, IReadOnlyCollection<long> hubspotIds, CancellationToken cancellationToken)
        => hubspotIds.Count == 0 ? Task.FromResult<List<string>>([]) : SqlText.Of($"""
            select {_key} from {table.Rows} t where {_hubspotId} = any($1::text[]::bigint[])
            """).ListAsync(
                connection,
                row => row.GetString(0),
                cancellationToken,
                SqlValue.Of([.. hubspotIds.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))]));

    /// <summary>The HubSpot record that a row's note says it lost; <see langword="null"/> for none.</summary>
    public static long? Lost(StagedRecord record)
    {
        if (record is not { Status: "ambiguous", Notes: { } notes } || !notes.StartsWith(Claims.NoteStart, StringComparison.Ordinal))
        {
            return null;
        }

        int end = notes.IndexOf(Claims.NoteMiddle, StringComparison.Ordinal);
        return end > 0 && long.TryParse(notes.AsSpan(Claims.NoteStart.Length, end - Claims.NoteStart.Length), System.Globalization.CultureInfo.InvariantCulture, out long id)
            ? id
            : null;
    }
}
