using System.Globalization;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>
/// Finds the row that a staging table refuses at publication: its indexes, checks and generated columns may be a user's own, and the
/// server names the rule at best. A copy of the table, which nobody else sees, tries ever smaller parts of the attempt.
/// </summary>
internal sealed class RefusedRow(StagingTables tables, RowLayout layout)
{
    private const string Savepoint = "part";
    private const int ShownLength = 60;

    /// <summary>Whether a failure may be a row's.</summary>
    public static bool MayExplain(PostgresException failure)
        => failure.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.ProgramLimitExceeded
            || failure.SqlState.StartsWith("22", StringComparison.Ordinal);

    /// <summary>Says which row it is and which rule refuses it.</summary>
    /// <param name="mask">Hides the legacy id; <see langword="null"/> shows it.</param>
    /// <returns>What it is; <see langword="null"/> when it is none: every row is taken.</returns>
    public async Task<StagingException?> ExplainAsync(
        NpgsqlDataSource source, SqlTable attempt, PostgresException failure, Func<string, string>? mask, CancellationToken cancellationToken)
    {
        SqlTable table = StagedTable.Of(tables, layout).Rows;
        string row = "a row";
        bool isNamed = failure.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.NotNullViolation;
        (string Kind, string Name)? found = null;
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            SqlTable copy = tables.Table(attempt.Name.Value + "_p");
            await SqlText.Of($"create table {copy} (like {table} including all)").ExecuteAsync(connection, cancellationToken);
            SqlText names = SqlText.Names(layout.Names);
            SqlText insert = SqlText.Of($"insert into {copy} ({names}) select {names} from {attempt} where");
            SqlText single = SqlText.Of($"{insert} ctid = $1::tid");
            if (await FindAsync(transaction, attempt, insert, single, cancellationToken) is var (ctid, refusal))
            {
                failure = refusal;
                row = await DescribeAsync(connection, attempt, ctid, mask, cancellationToken);
                found = await RuleAsync(transaction, table, copy, single, ctid, cancellationToken);
            }
            else if (!isNamed)
            {
                return null;
            }
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception))
        {
            // The search is a help, and what it would explain is told without it.
        }

        (string rule, string advice) = (failure.SqlState, found) switch
        {
            (PostgresErrorCodes.CheckViolation, _) => ($"its check constraint \"{failure.ConstraintName}\"", "Change or drop the constraint, or correct the record in the file."),
            (PostgresErrorCodes.NotNullViolation, _) => ($"its column \"{failure.ColumnName}\", which must not be null", "Drop the column's \"not null\", or fill in the value in the file."),
            (PostgresErrorCodes.ProgramLimitExceeded, null or { Kind: "index" }) => (
                $"its index{(found is { Name: var index } ? $" \"{index}\"" : "")}, for which a value is too long",
                "Drop the index, or index an expression such as left(column, 200) or md5(column) in its stead, or shorten the value in the file."),
            (_, { } other) => ($"its {other.Kind} \"{other.Name}\", whose expression fails", $"Correct or drop the {other.Kind}, or correct the record in the file."),
            _ => ("an expression of its checks or generated columns", "Correct or drop the expression, or correct the record in the file."),
        };
        return new StagingException($"{table.Display} refuses {row}, by {rule} [{failure.SqlState}]. Nothing was published. {advice}");
    }

    // The first row of the part that is refused, with what refuses it.
    private static async Task<(string Ctid, PostgresException Refusal)?> FindAsync(
        NpgsqlTransaction transaction, SqlTable attempt, SqlText insert, SqlText single, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = transaction.Connection!;
        SqlText part = SqlText.Of($"{insert} ctid >= $1::tid and ctid < $2::tid");
        long first = 0;
        long behind = (long)(await SqlText.Of($"select pg_relation_size($1::regclass) / current_setting('block_size')::int8")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(attempt.ToString())))!;
        while (behind - first > 1)
        {
            long middle = first + ((behind - first) / 2);
            bool isRefused = await TryAsync(transaction, part, cancellationToken, Page(first), Page(middle)) is not null;
            (first, behind) = isRefused ? (first, middle) : (middle, behind);
        }

        foreach (string ctid in await SqlText.Of($"select ctid::text from {attempt} where ctid >= $1::tid and ctid < $2::tid").ListAsync(
            connection, row => row.GetString(0), cancellationToken, SqlValue.Of(Page(first)), SqlValue.Of(Page(behind))))
        {
            if (await TryAsync(transaction, single, cancellationToken, ctid) is { } refusal)
            {
                return (ctid, refusal);
            }
        }

        return null;
    }

    private static string Page(long number) => string.Create(CultureInfo.InvariantCulture, $"({number},0)");

    // Leaves the copy empty.
    private static async Task<PostgresException?> TryAsync(
        NpgsqlTransaction transaction, SqlText insert, CancellationToken cancellationToken, params string[] range)
    {
        PostgresException? refusal = null;
        await transaction.SaveAsync(Savepoint, cancellationToken);
        try
        {
            await insert.ExecuteAsync(transaction.Connection!, cancellationToken, [.. range.Select(place => SqlValue.Of(place))]);
        }
        catch (PostgresException failure) when (MayExplain(failure))
        {
            refusal = failure;
        }

        await transaction.RollbackAsync(Savepoint, cancellationToken);
        return refusal;
    }

    private async Task<string> DescribeAsync(
        NpgsqlConnection connection, SqlTable attempt, string ctid, Func<string, string>? mask, CancellationToken cancellationToken)
    {
        (string id, string? file, long? line) = (await SqlText.Of($"""
            select {new SqlName(layout.Stage.LegacyId)}, source_file, source_line from {attempt} where ctid = $1::tid
            """).ListAsync(
                connection,
                row => (row.GetString(0), row[1] as string, row[2] as long?),
                cancellationToken,
                SqlValue.Of(ctid))).Single();
        string shown = mask?.Invoke(id) ?? (id.Length > ShownLength ? id[..ShownLength] + "…" : id);
        return string.Create(CultureInfo.InvariantCulture, $"the record {shown} ({(file is null ? "" : file + ", ")}line {line})");
    }

    // The server does not name every rule that refuses a row: it is the one without which the copy takes it. Constraints' own
    // indexes hold the legacy id, which always fits.
    private static async Task<(string Kind, string Name)?> RuleAsync(
        NpgsqlTransaction transaction, SqlTable table, SqlTable copy, SqlText single, string ctid, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = transaction.Connection!;
        var rules = await SqlText.Of($"""
            select 'index', min(o.relname::text), format('drop index %s', i.indexrelid::regclass), 1 as turn
            from pg_index i
            join pg_index p on p.indrelid = $1::regclass
                and split_part(pg_get_indexdef(p.indexrelid), ' USING ', 2) = split_part(pg_get_indexdef(i.indexrelid), ' USING ', 2)
            join pg_class o on o.oid = p.indexrelid
            where i.indrelid = $2::regclass and not exists (select 1 from pg_constraint where conindid = i.indexrelid) group by i.indexrelid
            union all
            select 'check constraint', conname::text, format('alter table %s drop constraint %I', conrelid::regclass, conname), 2
            from pg_constraint where conrelid = $2::regclass and contype = 'c'
            union all
            select 'generated column', attname::text, format('alter table %s drop column %I cascade', attrelid::regclass, attname), 3
            from pg_attribute where attrelid = $2::regclass and attgenerated <> ''
            order by turn
            """).ListAsync(
                connection,
                row => (Kind: row.GetString(0), Name: row.GetString(1), Drop: row.GetString(2)),
                cancellationToken,
                SqlValue.Of(table.ToString()),
                SqlValue.Of(copy.ToString()));
        foreach ((string kind, string name, string drop) in rules)
        {
            // Printed by the server as SQL, with the names quoted.
            await SqlText.Trusted(drop).ExecuteAsync(connection, cancellationToken);
            if (await TryAsync(transaction, single, cancellationToken, ctid) is null)
            {
                return (kind, name);
            }
        }

        return null;
    }
}
