using System.Diagnostics.CodeAnalysis;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>
/// What users add to a staging table: an attempt has none of it while it is filled, so that no rule of theirs refuses a batch and each
/// can be changed meanwhile. When it is complete it gets exactly what the table has then, or PostgreSQL does not attach it.
/// </summary>
internal static class AttemptShape
{
    /// <summary>Requires that recon, or a default, fills every column of a staging table that must not be null.</summary>
    /// <exception cref="StagingException">The table has a column that recon cannot fill.</exception>
    public static async Task RequireFilledAsync(
        NpgsqlConnection connection, StagedTable staged, CancellationToken cancellationToken)
    {
        SqlTable table = staged.Rows;
        object? name = await SqlText.Of($"""
            select attname::text from pg_attribute
            where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef and attidentity = ''
                and attname <> all($2) order by attnum limit 1
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(table.ToString()), Own(staged.Layout));
        if (name is string column)
        {
            throw new StagingException(
                $"Column \"{column}\" of {table.Display} must not be null and has no default, and recon does not fill it. Nothing was changed. "
                + $"Give it a default (alter table {table} alter column {new SqlName(column)} set default …), or drop its \"not null\".");
        }
    }

    /// <summary>Takes from an attempt all that is a user's own: checks, columns, and the ban of nulls in recon's.</summary>
    public static Task LoosenAsync(
        NpgsqlConnection connection, SqlTable attempt, RowLayout layout, CancellationToken cancellationToken)
    {
        string[] strict = [.. layout.Stored
            .Where(column => column.Type.Contains("not null", StringComparison.Ordinal)).Select(column => column.Name)];
        return AlterAsync(
            connection,
            attempt,
            SqlText.Of($"""
                select 'drop constraint ' || quote_ident(conname) from pg_constraint where conrelid = $1::regclass and contype = 'c'
                union all
                select case when attname = any($2) then 'alter column ' || quote_ident(attname) || ' drop not null'
                    else 'drop column if exists ' || quote_ident(attname) || ' cascade' end
                from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
                    and (attname <> all($2) or attnotnull and attname <> all($3))
                """),
            cancellationToken,
            SqlValue.Of(attempt.ToString()),
            Own(layout),
            SqlValue.Of(strict));
    }

    /// <summary>Makes the checks, the user's columns and the ban of nulls of an attempt those that its table has now.</summary>
    public static async Task FitAsync(
        NpgsqlConnection connection, SqlTable table, SqlTable attempt, RowLayout layout, CancellationToken cancellationToken)
    {
        SqlText differs = SqlText.Of($"""
            select 'alter column ' || quote_ident(a.attname) || ' drop not null'
            from pg_attribute p join pg_attribute a on a.attrelid = $2::regclass and a.attname = p.attname and not a.attisdropped
            where p.attrelid = $1::regclass and p.attnum > 0 and not p.attisdropped and a.attnotnull and not p.attnotnull
            union all
            select 'drop constraint ' || quote_ident(a.conname) from pg_constraint a
            where a.conrelid = $2::regclass and a.contype = 'c' and not exists (
                select 1 from pg_constraint p where p.conrelid = $1::regclass and p.contype = 'c' and p.conname = a.conname
                    and {CheckOf("p")} = {CheckOf("a")})
            union all
            select 'drop column if exists ' || quote_ident(a.attname) || ' cascade'
            from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = $2::regclass and a.attnum > 0 and not a.attisdropped and a.attname <> all($3) and not exists (
                select 1 from pg_attribute p left join pg_attrdef e on e.adrelid = p.attrelid and e.adnum = p.attnum
                where p.attrelid = $1::regclass and p.attname = a.attname and not p.attisdropped
                    and (p.atttypid, p.atttypmod, p.attcollation, p.attgenerated) = (a.atttypid, a.atttypmod, a.attcollation, a.attgenerated)
                    and (p.attgenerated = '' or pg_get_expr(e.adbin, e.adrelid) = pg_get_expr(d.adbin, d.adrelid)))
            """);
        SqlText lacks = SqlText.Of($"""
            select 'add column ' || concat_ws(' ', quote_ident(p.attname), format_type(p.atttypid, p.atttypmod),
                (select 'collate ' || p.attcollation::regcollation from pg_type t where t.oid = p.atttypid and t.typcollation <> p.attcollation),
                case when p.attidentity <> '' then 'default nextval(' || quote_literal(pg_get_serial_sequence($1, p.attname)) || ')'
                    when p.attgenerated = '' then 'default ' || pg_get_expr(d.adbin, d.adrelid)
                    else 'generated always as (' || pg_get_expr(d.adbin, d.adrelid) || case p.attgenerated when 's' then ') stored' else ') virtual' end end,
                case when p.attnotnull then 'not null' end)
            from pg_attribute p left join pg_attrdef d on d.adrelid = p.attrelid and d.adnum = p.attnum
            where p.attrelid = $1::regclass and p.attnum > 0 and not p.attisdropped and not exists (
                select 1 from pg_attribute a where a.attrelid = $2::regclass and a.attname = p.attname and not a.attisdropped)
            union all
            select 'alter column ' || quote_ident(p.attname) || ' set not null'
            from pg_attribute p join pg_attribute a on a.attrelid = $2::regclass and a.attname = p.attname and not a.attisdropped
            where p.attrelid = $1::regclass and p.attnum > 0 and not p.attisdropped and p.attnotnull and not a.attnotnull
            union all
            select 'add constraint ' || quote_ident(p.conname) || ' ' || {CheckOf("p")}
            from pg_constraint p where p.conrelid = $1::regclass and p.contype = 'c' and not exists (
                select 1 from pg_constraint a where a.conrelid = $2::regclass and a.conname = p.conname)
            """);

        // The values of an identity were taken from its sequence, which belongs to the table.
        SqlText borrowed = SqlText.Of($"""
            select 'alter column ' || quote_ident(p.attname) || ' drop default'
            from pg_attribute p join pg_attribute a on a.attrelid = $2::regclass and a.attname = p.attname and a.atthasdef
            where p.attrelid = $1::regclass and p.attidentity <> ''
            """);
        foreach (SqlText question in (SqlText[])[differs, lacks, borrowed])
        {
            await AlterAsync(
                connection, attempt, question, cancellationToken, SqlValue.Of(table.ToString()), SqlValue.Of(attempt.ToString()), Own(layout));
        }
    }

    private static NpgsqlParameter Own(RowLayout layout) => SqlValue.Of([.. layout.Names]);

    private static SqlText CheckOf([ConstantExpected] string alias)
        => SqlText.Of($"regexp_replace(pg_get_constraintdef({SqlText.Trusted(alias)}.oid), ' NOT VALID$', '')");

    // All that the answer asks for in one statement, which reads or writes the rows once.
    private static async Task AlterAsync(
        NpgsqlConnection connection, SqlTable attempt, SqlText question, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        List<string> actions = await question.ListAsync(connection, row => row.GetString(0), cancellationToken, parameters);
        if (actions.Count > 0)
        {
            // Printed by the server as SQL, with the names quoted.
            await SqlText.Of($"alter table {attempt} {SqlText.Join(", ", actions.Select(SqlText.Trusted))}").ExecuteAsync(connection, cancellationToken);
        }
    }
}
