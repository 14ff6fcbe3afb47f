using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>
/// What users add to a staging table: an attempt takes the rules that rows may break only when it is complete, so that a rule can
/// be changed and the run be continued; by then it must have all of them, or PostgreSQL does not attach it.
/// </summary>
internal static class AttemptShape
{
    /// <summary>Lets an attempt hold nulls where only the user forbids them.</summary>
    /// <exception cref="StagingException">The table has a column that recon cannot fill.</exception>
    public static async Task LoosenAsync(
        NpgsqlConnection connection, SqlTable table, SqlTable attempt, StageBlockDefinition stage, CancellationToken cancellationToken)
    {
        var strict = await SqlText.Of($"""
            select attname::text, atthasdef or attidentity <> '' from pg_attribute
            where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull order by attnum
            """).ListAsync(
                connection, row => (Name: row.GetString(0), HasDefault: row.GetBoolean(1)), cancellationToken, SqlValue.Of(attempt.ToString()));
        Dictionary<string, string> types = StagingTables.Stored(stage).ToDictionary(column => column.Name, column => column.Type);
        foreach ((string name, bool hasDefault) in strict)
        {
            if (types.TryGetValue(name, out string? type))
            {
                if (!type.Contains("not null", StringComparison.Ordinal))
                {
                    await SqlText.Of($"alter table {attempt} alter column {new SqlName(name)} drop not null")
                        .ExecuteAsync(connection, cancellationToken);
                }
            }
            else if (!hasDefault)
            {
                throw new StagingException(
                    $"Column \"{name}\" of {table.Display} must not be null and has no default, and recon does not fill it. Nothing was changed. "
                    + $"Give it a default (alter table {table} alter column {new SqlName(name)} set default …), or drop its \"not null\".");
            }
        }
    }

    /// <summary>Adds the columns, the checks and the ban of nulls that an attempt lacks.</summary>
    public static async Task FitAsync(
        NpgsqlConnection connection, SqlTable table, SqlTable attempt, CancellationToken cancellationToken)
    {
        SqlText columns = SqlText.Of($"""
            select 'add column ' || concat_ws(' ', quote_ident(p.attname), format_type(p.atttypid, p.atttypmod),
                case p.attgenerated when '' then 'default ' || pg_get_expr(d.adbin, d.adrelid)
                    else 'generated always as (' || pg_get_expr(d.adbin, d.adrelid) || case p.attgenerated when 's' then ') stored' else ') virtual' end end,
                case when p.attnotnull then 'not null' end)
            from pg_attribute p left join pg_attrdef d on d.adrelid = p.attrelid and d.adnum = p.attnum
            where p.attrelid = $1::regclass and p.attnum > 0 and not p.attisdropped and not exists (
                select 1 from pg_attribute a where a.attrelid = $2::regclass and a.attname = p.attname and not a.attisdropped)
            order by p.attnum
            """);
        SqlText nulls = SqlText.Of($"""
            select 'alter column ' || quote_ident(p.attname) || ' set not null'
            from pg_attribute p join pg_attribute a on a.attrelid = $2::regclass and a.attname = p.attname and not a.attisdropped
            where p.attrelid = $1::regclass and p.attnum > 0 and not p.attisdropped and p.attnotnull and not a.attnotnull
            order by p.attnum
            """);
        SqlText checks = SqlText.Of($"""
            select 'add constraint ' || quote_ident(p.conname) || ' ' || regexp_replace(pg_get_constraintdef(p.oid), ' NOT VALID$', '')
            from pg_constraint p where p.conrelid = $1::regclass and p.contype = 'c' and not exists (
                select 1 from pg_constraint a where a.conrelid = $2::regclass and a.conname = p.conname)
            order by p.conname
            """);
        foreach (SqlText question in (SqlText[])[columns, nulls, checks])
        {
            foreach (string addition in await question.ListAsync(
                connection, row => row.GetString(0), cancellationToken, SqlValue.Of(table.ToString()), SqlValue.Of(attempt.ToString())))
            {
                // Printed by the server as SQL, with the names quoted.
                await SqlText.Of($"alter table {attempt} {SqlText.Trusted(addition)}").ExecuteAsync(connection, cancellationToken);
            }
        }
    }
}
