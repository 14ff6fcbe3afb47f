using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>
/// Gives an attempt what its staging table got since the attempt was created, such as a column that a user added:
/// PostgreSQL attaches a partition only when it has all columns and checks of its table.
/// </summary>
internal static class AttemptShape
{
    /// <summary>Adds the missing columns, then the missing checks.</summary>
    /// <param name="connection">The connection, in the transaction that publishes, with the staging table locked.</param>
    public static async Task FitAsync(
        NpgsqlConnection connection, SqlTable table, SqlTable attempt, CancellationToken cancellationToken)
    {
        SqlText columns = SqlText.Of($"""
            select 'add column ' || concat_ws(' ', quote_ident(p.attname), format_type(p.atttypid, p.atttypmod),
                'default ' || pg_get_expr(d.adbin, d.adrelid), case when p.attnotnull then 'not null' end)
            from pg_attribute p left join pg_attrdef d on d.adrelid = p.attrelid and d.adnum = p.attnum and p.attgenerated = ''
            where p.attrelid = $1::regclass and p.attnum > 0 and not p.attisdropped and not exists (
                select 1 from pg_attribute a where a.attrelid = $2::regclass and a.attname = p.attname and not a.attisdropped)
            order by p.attnum
            """);
        SqlText checks = SqlText.Of($"""
            select 'add constraint ' || quote_ident(p.conname) || ' ' || pg_get_constraintdef(p.oid)
            from pg_constraint p where p.conrelid = $1::regclass and p.contype = 'c' and not exists (
                select 1 from pg_constraint a where a.conrelid = $2::regclass and a.conname = p.conname)
            order by p.conname
            """);
        foreach (SqlText question in (SqlText[])[columns, checks])
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
