using System.Text.Json.Serialization;
using Npgsql;

namespace Recon.Postgres.Catalog;

/// <summary>
/// What a table was when a run began to read it, cheaply: which table has the name, which files hold its rows, and how many they
/// are. Of a view, the tables that it reads; of a partitioned table, its partitions.
/// </summary>
/// <param name="Root">The relation that has the name; 0 for none.</param>
/// <param name="Snapshot">What was committed then.</param>
internal sealed record TableMark(long Root, string Snapshot, IReadOnlyList<TablePart> Parts)
{
    private const int FewRows = 100;

    // Materialized views hold rows of their own: what they were made from does not matter.
    private static readonly SqlText s_parts = SqlText.Of($"""
        with recursive part (oid) as (
            select to_regclass($1)::oid
            union
            select next.oid from part cross join lateral (
                select inhrelid from pg_inherits where inhparent = part.oid
                union all
                select d.refobjid from pg_class v join pg_rewrite r on r.ev_class = v.oid
                join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
                where v.oid = part.oid and v.relkind = 'v' and d.refobjid <> v.oid) next (oid))
        select to_regclass($1)::oid::int8, pg_current_snapshot()::text, c.oid::int8, c.oid::regclass::text,
            coalesce(pg_relation_filenode(c.oid), 0)::int8, pg_stat_get_live_tuples(c.oid),
            pg_stat_get_tuples_deleted(c.oid) - pg_stat_get_tuples_inserted(c.oid),
            case when has_table_privilege(c.oid, 'select') then c.oid::regclass::text
                when exists (select 1 from pg_class where oid = to_regclass($1) and relkind <> 'v') then to_regclass($1)::text end
        from part join pg_class c on c.oid = part.oid where c.relkind in ('r', 'p', 'v', 'm', 'f') order by c.oid
        """);

    /// <summary>Looks at a table.</summary>
    public static async Task<TableMark> TakeAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
    {
        var rows = await s_parts.ListAsync(
            connection,
            row => (
                Root: row.GetInt64(0),
                Snapshot: row.GetString(1),
                Part: new TablePart(row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row[7] as string)),
            cancellationToken,
            SqlValue.Of(table.ToString()));
        return rows is [var first, ..] ? new TableMark(first.Root, first.Snapshot, [.. rows.Select(row => row.Part)]) : new TableMark(0, "", []);
    }

    /// <summary>Looks at the table again.</summary>
    /// <returns>
    /// What was done to it, for people; <see langword="null"/> when its rows were inserted, updated and deleted at most, or written to
    /// other files as they were (<c>vacuum full</c>, <c>cluster</c>).
    /// </returns>
    public async Task<string?> ChangeAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
    {
        TableMark now = await TakeAsync(connection, table, cancellationToken);
        if (now.Root != Root)
        {
            return now.Root == 0 ? $"{table.Display} is gone" : $"{table.Display} was exchanged for another table";
        }

        foreach (TablePart before in Parts)
        {
            if (now.Parts.FirstOrDefault(part => part.Oid == before.Oid) is not { } after)
            {
                return $"{before.Name} no longer belongs to {table.Display}";
            }

            // Printed by the server as SQL, with the names quoted.
            SqlText? from = after.From is { } name ? SqlText.Trusted(name) : null;
            if (after.File != before.File && (from is null || !await HoldsOlderRowsAsync(connection, from.Value, before.Oid, cancellationToken)))
            {
                return $"{before.Name} was truncated, or filled anew";
            }

            // Statistics are fast and not exact; the count, which takes long, is for when they tell of much.
            if (from is not null && before.Rows >= FewRows && (after.Lost - before.Lost) * 2 > before.Rows
                && await CountAsync(connection, from.Value, before.Oid, cancellationToken) is var left && left * 2 < before.Rows)
            {
                return $"{before.Name} lost more than half of its rows: of about {before.Rows} there are {left}";
            }
        }

        return null;
    }

    // Rows keep the number of their transaction when they are written to another file. Its upper half is that of the next one's,
    // or one less.
    private async Task<bool> HoldsOlderRowsAsync(NpgsqlConnection connection, SqlText from, long part, CancellationToken cancellationToken)
        => (bool)(await SqlText.Of($"""
            select exists (
                select 1 from {from} t, (select pg_snapshot_xmax(pg_current_snapshot())::text::int8) s (next)
                where t.tableoid = $1::int8::oid
                    and pg_visible_in_snapshot((s.next - ((s.next - t.xmin::text::int8) & 4294967295))::text::xid8, $2::pg_snapshot))
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(part), SqlValue.Of(Snapshot)))!;

    private static async Task<long> CountAsync(NpgsqlConnection connection, SqlText from, long part, CancellationToken cancellationToken)
        => (long)(await SqlText.Of($"select count(*) from {from} t where t.tableoid = $1::int8::oid")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(part)))!;
}

/// <summary>A relation that holds rows of a table, or names those that do.</summary>
/// <param name="Name">Its name as the server prints it in SQL.</param>
/// <param name="File">The number of its file; 0 without one.</param>
/// <param name="Rows">Its rows, by the server's statistics.</param>
/// <param name="Lost">Rows deleted less rows inserted, since the statistics began.</param>
/// <param name="From">What its rows can be read from, as SQL: itself, or the table that it is a partition of; <see langword="null"/> for nothing.</param>
internal sealed record TablePart(long Oid, string Name, long File, long Rows, long Lost, string? From);

[JsonSerializable(typeof(TableMark))]
internal sealed partial class TableMarkJson : JsonSerializerContext;
