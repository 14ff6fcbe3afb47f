using Npgsql;
using Recon.Dataflow.Values;

namespace Recon.Postgres.Catalog;

/// <summary>Asks PostgreSQL's catalog about tables. Names are always parameters here.</summary>
internal static class MirrorCatalog
{
    private static readonly SqlText s_table = SqlText.Of($"""
        select c.oid::int8, c.reltuples::float8, pg_relation_size(c.oid),
               has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
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
               i.indisprimary and i.indnkeyatts = 1
        from pg_index i left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = $1::int8::oid and i.indisvalid and (i.indpred is null
            or pg_get_expr(i.indpred, i.indrelid) ilike '%is not null%')
        """);

    /// <summary>Describes a table.</summary>
    /// <returns>The table, or <see langword="null"/> when there is none of that name.</returns>
    public static async Task<MirrorTable?> FindAsync(
        NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
    {
        (long oid, double rows, long bytes, bool canSelect)? found = null;
        await using (NpgsqlCommand command = s_table.On(
            connection, SqlValue.Of(table.Schema.Value), SqlValue.Of(table.Name.Value)))
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                found = (reader.GetInt64(0), reader.GetDouble(1), reader.GetInt64(2), reader.GetBoolean(3));
            }
        }

        if (found is not var (tableOid, estimated, size, selectable))
        {
            return null;
        }

        List<TableColumn> columns = [];
        await using (NpgsqlCommand command = s_columns.On(connection, SqlValue.Of(tableOid)))
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                columns.Add(new TableColumn(
                    reader.GetString(0),
                    reader.GetString(1),
                    TypeOf(reader.GetString(2), reader.GetString(3)))
                {
                    // Printed by the server as SQL: names in it are quoted where they must be.
                    CastType = SqlText.Trusted(reader.GetString(4)),
                });
            }
        }

        HashSet<string> indexed = new(StringComparer.Ordinal);
        List<string> expressions = [];
        string? primaryKey = null;
        await using (NpgsqlCommand command = s_indexes.On(connection, SqlValue.Of(tableOid)))
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetString(0) is { Length: > 0 } column)
                {
                    indexed.Add(column);
                    primaryKey = reader.GetBoolean(2) ? column : primaryKey;
                }
                else
                {
                    expressions.Add(reader.GetString(1));
                }
            }
        }

        return new MirrorTable(table, columns, estimated, size, selectable, indexed, expressions) { PrimaryKey = primaryKey };
    }

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
