using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Bronze;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Discovery;

/// <summary>The tables of a database that could be a HubSpot mirror's.</summary>
internal static class MirrorTables
{
    /// <summary>Tables that are looked at, at most; the largest ones.</summary>
    public const int MostTables = 300;

    // A schema with recon's own log is a staging schema, whatever it is called.
    private static readonly SqlText s_list = SqlText.Of($"""
        select n.nspname::text, c.relname::text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
            and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', $1) and c.relname <> all ($2)
            and not exists (select from pg_class l where l.relnamespace = n.oid and l.relname = $3)
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
        order by greatest(c.reltuples, 0) desc, n.nspname, c.relname
        limit {MostTables}
        """);

    /// <summary>All that this role may read: no system tables, no staging tables, no bronze tables.</summary>
    public static async Task<IReadOnlyList<MirrorTable>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        List<SqlTable> names = await s_list.ListAsync(
            connection,
            row => new SqlTable(new SqlName(row.GetString(0)), new SqlName(row.GetString(1))),
            cancellationToken,
            SqlValue.Of(BronzeTable.DefaultSchema),
            SqlValue.Of([.. OwnRelations.Tables]),
            SqlValue.Of(OwnRelations.Log));
        List<MirrorTable> tables = [];
        foreach (SqlTable name in names)
        {
            if (await MirrorCatalog.FindAsync(connection, name, cancellationToken) is { CanSelect: true } table)
            {
                tables.Add(table);
            }
        }

        return tables;
    }
}
