using Npgsql;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Discovery;

/// <summary>A wanted id, as a column of a mirror table spells it.</summary>
/// <param name="Column">The column.</param>
/// <param name="Value">As the column has it, as text.</param>
/// <param name="Rows">Rows that have it, among those that were read.</param>
internal readonly record struct IdHit(string Column, string Value, long Rows);

/// <summary>Where a table holds given ids.</summary>
/// <param name="Percent">The share of the table's blocks that was read; 100 for all.</param>
internal sealed record IdScan(MirrorTable Table, double Percent, IReadOnlyList<IdHit> Hits)
{
    private const double ManyRows = 400_000;
    private const int LongestId = 64;

    public bool IsSampled => Percent < 100;

    /// <summary>What ids are found by, whatever their spelling: without white space around and zeros in front.</summary>
    public static string CoreOf(string value) => value.Trim(' ', '\t', '\r', '\n', '\u00A0').TrimStart('0');

    /// <summary>The columns that could hold ids.</summary>
    public static IEnumerable<TableColumn> Candidates(MirrorTable table) => table.Columns.Where(column => column.Type
        is MirrorType.Text or MirrorType.Int2 or MirrorType.Int4 or MirrorType.Int8 or MirrorType.Numeric or MirrorType.Float8 or MirrorType.Uuid);

    /// <summary>Looks for ids in all columns of a table at once, in one scan; of a large table a sample of its blocks is read.</summary>
    /// <param name="cores">What <see cref="CoreOf"/> makes of the ids; with the tail <c>.0</c> where the mirror may have it.</param>
    /// <param name="limit">After which the server ends the statement.</param>
    /// <returns>The hits; <see langword="null"/> when it took longer than the limit.</returns>
    public static async Task<IdScan?> RunAsync(
        NpgsqlConnection connection, MirrorTable table, string[] cores, TimeSpan limit, CancellationToken cancellationToken)
    {
        TableColumn[] columns = [.. Candidates(table)];
        if (columns.Length == 0 || cores.Length == 0)
        {
            return new IdScan(table, 100, []);
        }

        double percent = table.IsStored && table.ProbableRows > ManyRows ? Math.Max(0.5, 100 * ManyRows / 2 / table.ProbableRows) : 100;
        SqlText sample = percent < 100 ? SqlText.Of($" tablesample system ({(int)Math.Ceiling(percent * 1000)} / 1000.0)") : SqlText.Of($"");
        SqlText values = SqlText.Join(", ", columns.Select((column, at) => SqlText.Of($"({at}, {Text(column)})")));
        SqlText sql = SqlText.Of($"""
            select v.at, v.id, count(*) from {table.Table} t{sample} cross join lateral (values {values}) v (at, id)
            where v.id <> '' and octet_length(v.id) <= {LongestId} and ltrim(btrim(v.id, E' \t\r\n\u00a0'), '0') = any ($1)
            group by 1, 2
            """);
        List<(int At, string Value, long Rows)>? hits = await LimitedAsync(
            connection,
            limit,
            () => sql.ListAsync(connection, row => (row.GetInt32(0), row.GetString(1), row.GetInt64(2)), cancellationToken, SqlValue.Of(cores)),
            cancellationToken);
        return hits is null ? null : new IdScan(table, percent, [.. hits.Select(hit => new IdHit(columns[hit.At].Name, hit.Value, hit.Rows))]);
    }

    /// <summary>Looks for ids in one column, in all of its rows.</summary>
    /// <returns>The hits; <see langword="null"/> when it took longer than the limit.</returns>
    public static async Task<IReadOnlyList<IdHit>?> CountAsync(
        NpgsqlConnection connection, MirrorTable table, string column, string[] cores, TimeSpan limit, CancellationToken cancellationToken)
    {
        SqlText id = Text(table.Columns.First(each => each.Name == column));
        SqlText sql = SqlText.Of($"""
            select id, count(*) from (select {id} as id from {table.Table} t) v
            where octet_length(id) <= {LongestId} and ltrim(btrim(id, E' \t\r\n\u00a0'), '0') = any ($1) group by 1
            """);
        return await LimitedAsync(
            connection,
            limit,
            () => sql.ListAsync(connection, row => new IdHit(column, row.GetString(0), row.GetInt64(1)), cancellationToken, SqlValue.Of(cores)),
            cancellationToken);
    }

    // Collations would make texts of different columns incomparable, and comparing slow. 123.00 of a numeric is 123.
    private static SqlText Text(TableColumn column)
    {
        SqlText name = SqlText.Of($"t.{new SqlName(column.Name)}");
        return column.Type == MirrorType.Numeric ? SqlText.Of($"trim_scale({name})::text collate \"C\"") : SqlText.Of($"{name}::text collate \"C\"");
    }

    private static async Task<List<T>?> LimitedAsync<T>(
        NpgsqlConnection connection, TimeSpan limit, Func<Task<List<T>>> ask, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            // A view may call functions that write.
            await SqlText.Of($"set transaction read only").ExecuteAsync(connection, cancellationToken);
            await SqlText.Of($"set local statement_timeout = {Math.Max(1, (int)limit.TotalMilliseconds)}").ExecuteAsync(connection, cancellationToken);
            return await ask();
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
