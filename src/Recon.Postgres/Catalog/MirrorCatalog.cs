using Npgsql;
using Recon.Dataflow.Values;

namespace Recon.Postgres.Catalog;

/// <summary>Asks PostgreSQL's catalog about tables. Names are always parameters here.</summary>
internal static class MirrorCatalog
{
    // A partitioned table has its rows in its partitions; empty ones are never analysed.
    private static readonly SqlText s_table = SqlText.Of($"""
        select c.oid::int8, coalesce(p.rows, c.reltuples::float8), coalesce(p.bytes, pg_relation_size(c.oid)),
               has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'), c.relkind::text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join lateral (
            select case when bool_or(l.reltuples < 0 and pg_relation_size(l.oid) > 0) then -1 else sum(greatest(l.reltuples, 0))::float8 end as rows,
                   sum(pg_relation_size(l.oid))::int8 as bytes
            from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid
            where t.isleaf and c.relkind = 'p') p on true
        where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')
        """);

    private static readonly SqlText s_columns = SqlText.Of($"""
        select a.attname::text, format_type(a.atttypid, a.atttypmod), coalesce(b.typname, t.typname)::text,
               coalesce(b.typtype, t.typtype)::text, format_type(a.atttypid, -1)
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        left join pg_type b on b.oid = t.typbasetype and t.typtype = 'd'
        where a.attrelid = $1::int8::oid and a.attnum > 0 and not a.attisdropped
        order by a.attnum
        """);

    private static readonly SqlText s_indexes = SqlText.Of($"""
        select coalesce(a.attname::text, ''), coalesce(pg_get_indexdef(i.indexrelid, 1, true), ''),
               i.indisprimary and i.indnkeyatts = 1, i.indisunique and i.indnkeyatts = 1 and i.indimmediate
        from pg_index i left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = $1::int8::oid and i.indisvalid and (i.indpred is null
            or pg_get_expr(i.indpred, i.indrelid) ilike '%is not null%')
        """);

    /// <returns>The table, or <see langword="null"/> when there is none of that name.</returns>
    public static async Task<MirrorTable?> FindAsync(
        NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
    {
        var found = await s_table.ListAsync(
            connection,
            row => (Oid: row.GetInt64(0), Rows: row.GetDouble(1), Bytes: row.GetInt64(2), CanSelect: row.GetBoolean(3), Kind: row.GetString(4)[0]),
            cancellationToken,
            SqlValue.Of(table.Schema.Value),
            SqlValue.Of(table.Name.Value));
        if (found is not [var facts])
        {
            return null;
        }

        List<TableColumn> columns = await s_columns.ListAsync(
            connection,
            row => new TableColumn(row.GetString(0), row.GetString(1), TypeOf(row.GetString(2), row.GetString(3)))
            {
                // Printed by the server as SQL: names in it are quoted where they must be.
                CastType = SqlText.Trusted(row.GetString(4)),
            },
            cancellationToken,
            SqlValue.Of(facts.Oid));
        var indexes = await s_indexes.ListAsync(
            connection,
            row => (Column: row.GetString(0), Expression: row.GetString(1), IsPrimary: row.GetBoolean(2), IsUnique: row.GetBoolean(3)),
            cancellationToken,
            SqlValue.Of(facts.Oid));
        return new MirrorTable(
            table,
            columns,
            facts.Rows,
            facts.Bytes,
            facts.CanSelect,
            indexes.Select(index => index.Column).Where(column => column.Length > 0).ToHashSet(StringComparer.Ordinal),
            [.. indexes.Where(index => index.Column.Length == 0).Select(index => index.Expression)])
        {
            Kind = facts.Kind,
            PrimaryKey = indexes.Find(index => index.Column.Length > 0 && index.IsPrimary).Column,
            UniqueColumns = indexes.Where(index => index.Column.Length > 0 && index.IsUnique).Select(index => index.Column)
                .ToHashSet(StringComparer.Ordinal),
        };
    }

    /// <summary>Whether there is a relation of the name; whether this role may read it is another question.</summary>
    public static async Task<bool> ExistsAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
        => await SqlText.Of($"select to_regclass($1)::text")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(table.ToString())) is not null;

    private static MirrorType? TypeOf(string name, string kind) => (kind, name) switch
    {
        ("e", _) => MirrorType.Text,
        (_, "text" or "varchar" or "bpchar" or "citext" or "name") => MirrorType.Text,
        (_, "int2") => MirrorType.Int2,
        (_, "int4") => MirrorType.Int4,
        (_, "int8") => MirrorType.Int8,
        (_, "numeric") => MirrorType.Numeric,
        (_, "float4") => MirrorType.Float4,
        (_, "float8") => MirrorType.Float8,
        (_, "bool") => MirrorType.Boolean,
        (_, "date") => MirrorType.Date,
        (_, "timestamp") => MirrorType.Timestamp,
        (_, "timestamptz") => MirrorType.TimestampTz,
        (_, "json") => MirrorType.Json,
        (_, "jsonb") => MirrorType.Jsonb,
        (_, "uuid") => MirrorType.Uuid,
        _ => null,
    };
}
