using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>
/// A staging table of the former layout, which is a table and not a view. What users have added to it, or made of it, keeps it
/// as it is: it would be lost, or PostgreSQL would refuse. Otherwise the next full run exchanges it.
/// </summary>
internal static class FormerTable
{
    /// <summary>What a user's own is in a table or depends on it, for people; nothing where it may be exchanged.</summary>
    public static Task<List<string>> AdditionsAsync(NpgsqlConnection connection, StagedTable table, CancellationToken cancellationToken)
    {
        StageBlockDefinition stage = table.Layout.Stage;
        return SqlText.Of($"""
            with one (id, row_type) as (select oid, reltype from pg_class where oid = $1::regclass),
            part (id, row_type) as (
                select id, row_type from one union all select c.oid, c.reltype from one join pg_inherits on inhparent = one.id join pg_class c on c.oid = inhrelid)
            select distinct what from (
                select format('column %I', attname) from one join pg_attribute on attrelid = id
                where attnum > 0 and not attisdropped and attname <> all($2)
                union all
                select format('"not null" of column %I', attname) from one join pg_attribute on attrelid = id
                where attnum > 0 and not attisdropped and attnotnull and attname = any($2) and attname <> all($3)
                union all
                select format('constraint %I', conname) from one join pg_constraint on conrelid = id where contype not in ('p', 'n')
                union all
                select format('foreign key %I of %s', conname, conrelid::regclass) from one join pg_constraint on confrelid = id and contype = 'f'
                union all
                select format('index %I', relname) from one join pg_index on indrelid = id join pg_class c on c.oid = indexrelid
                where not indisprimary and relname <> all($4)
                union all
                select format('trigger %I', tgname) from one join pg_trigger on tgrelid = id where not tgisinternal
                union all
                select format('policy %I', polname) from one join pg_policy on polrelid = id
                union all
                select 'row-level security' from one join pg_class c on c.oid = id where relrowsecurity
                union all
                select format('rule %I', rulename) from one join pg_rewrite on ev_class = id
                union all
                select format('statistics %I', stxname) from one join pg_statistic_ext on stxrelid = id
                union all
                select format('publication %I', pubname) from one join pg_publication_rel on prrelid = id join pg_publication p on p.oid = prpubid
                union all
                select format(case c.relkind when 'm' then 'materialized view %s' else 'view %s' end, c.oid::regclass)
                from part join pg_depend on refclassid = 'pg_class'::regclass and refobjid = id and classid = 'pg_rewrite'::regclass
                join pg_rewrite r on r.oid = objid join pg_class c on c.oid = r.ev_class where c.oid <> all(select id from part)
                union all
                select pg_describe_object(classid, objid, objsubid)
                from part join pg_depend on (refclassid = 'pg_class'::regclass and refobjid = id or refclassid = 'pg_type'::regclass and refobjid = row_type)
                where deptype = 'n' and classid in ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_type'::regclass) and objid <> all(select id from part)
            ) found (what) order by 1
            """).ListAsync(
                connection,
                row => row.GetString(0),
                cancellationToken,
                SqlValue.Of(table.Published.ToString()),
                SqlValue.Of([.. table.Layout.Names]),
                SqlValue.Of([.. table.Layout.Stored.Where(column => column.Type.Contains("not null", StringComparison.Ordinal)).Select(column => column.Name)]),
                SqlValue.Of([StagingDdl.StatusIndexOf(stage), StagingDdl.HubspotIndexOf(stage)]));
    }

    /// <summary>
    /// Makes a view and an empty table of rows in its place, with its owner, grants and comment. Runs in the caller's transaction,
    /// which fills it: until then readers wait.
    /// </summary>
    /// <exception cref="StagingException">Something of a user's was added since the run began.</exception>
    public static async Task<StagedTable> ExchangeAsync(
        NpgsqlConnection connection, StagingTables tables, StagedTable former, CancellationToken cancellationToken)
    {
        await SqlText.Of($"lock table {former.Published} in access exclusive mode").ExecuteAsync(connection, cancellationToken);
        if (await AdditionsAsync(connection, former, cancellationToken) is { Count: > 0 } additions)
        {
            throw new StagingException(
                $"{former.Published.Display} got {string.Join(", ", additions)} while the run, which exchanges it for a view, was under way. "
                + "Nothing was published. Take that back and continue with --resume, or keep it and start over with --fresh.");
        }

        string owner = await OwnerAsync(connection, former.Published, cancellationToken);
        List<string> kept = await SqlText.Of($"""
            select format('grant %s on %s to %s%s', privilege_type, $1, grantee, case when is_grantable then ' with grant option' else '' end)
            from ({Grants}) g where grantee <> $2
            union all
            select format('comment on view %s is %L', $1, obj_description($1::regclass))
            """).ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(former.Published.ToString()), SqlValue.Of(owner));
        await SqlText.Of($"drop table {former.Published}").ExecuteAsync(connection, cancellationToken);

        StageBlockDefinition stage = former.Layout.Stage;
        var table = StagedTable.Of(tables, new RowLayout(stage, IsPacked: true));
        await StagingDdl.Rows(table).ExecuteAsync(connection, cancellationToken);
        await StagingView.AlignAsync(connection, tables, table, cancellationToken);
        List<string> given = await SqlText.Of($"select distinct format('revoke all on %s from %s', $1, grantee) from ({Grants}) g where grantee <> $2")
            .ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(former.Published.ToString()), SqlValue.Of(owner));
        if (await OwnerAsync(connection, table.Published, cancellationToken) != owner)
        {
            // A view reads with its owner's rights.
            kept.Insert(0, $"alter view {table.Published} owner to {owner}; alter table {table.Rows} owner to {owner}; grant select on {tables.Names} to {owner}");
        }

        foreach (string statement in given.Concat(kept))
        {
            // Printed by the server as SQL, with the names quoted.
            await SqlText.Trusted(statement).ExecuteAsync(connection, cancellationToken);
        }

        return table;
    }

    // Who may do what with a relation $1, columns apart.
    private static SqlText Grants => SqlText.Of($"""
        select case a.grantee when 0 then 'public' else quote_ident(r.rolname) end as grantee, a.is_grantable,
            a.privilege_type || coalesce('(' || quote_ident(g.attname) || ')', '') as privilege_type
        from (
            select relacl as acl, null as attname from pg_class where oid = $1::regclass
            union all
            select attacl, attname from pg_attribute where attrelid = $1::regclass and not attisdropped) g,
        lateral aclexplode(g.acl) a left join pg_roles r on r.oid = a.grantee
        """);

    private static async Task<string> OwnerAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
        => (string)(await SqlText.Of($"select quote_ident(pg_get_userbyid(relowner)) from pg_class where oid = $1::regclass")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(table.ToString())))!;
}
