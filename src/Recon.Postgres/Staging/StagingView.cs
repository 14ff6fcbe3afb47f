using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>What readers see of a table of rows: the columns that were promised, in their order, then what was added since.</summary>
internal static class StagingView
{
    /// <summary>The raw values of a row as <c>jsonb</c>, without those that are empty.</summary>
    /// <param name="row">The name of the row in the query.</param>
    public static SqlText LegacyProperties(StagingTables tables, RowLayout layout, SqlName row)
    {
        if (!layout.IsPacked)
        {
            return SqlText.Of($"{row}.{new SqlName(CommonColumns.LegacyProperties.Name)}");
        }

        (SqlName values, SqlName names) = (new(CommonColumns.Packed[0].Name), new(CommonColumns.Packed[1].Name));
        return SqlText.Of($"""
            case when {row}.{names} is null then {row}.{values}::jsonb else jsonb_strip_nulls(jsonb_object(
                (select n.names from {tables.Names} n where n.id = {row}.{names}),
                string_to_array({row}.{values}, chr({LegacyValues.Separator}), ''))) end
            """);
    }

    /// <summary>Makes the view where there is none, and adds the columns that its rows have and it lacks.</summary>
    public static async Task AlignAsync(
        NpgsqlConnection connection, StagingTables tables, StagedTable table, CancellationToken cancellationToken)
    {
        if (table.IsFormer)
        {
            return;
        }

        List<string> read = await ColumnsAsync(connection, table.Published, cancellationToken);
        List<string> stored = await ColumnsAsync(connection, table.Rows, cancellationToken);
        IEnumerable<string> first = read.Count > 0 ? read
            : table.Layout.Read.Where(column => stored.Contains(column) || column == CommonColumns.LegacyProperties.Name);
        string[] columns = [.. first, .. stored.Except(first).Except(CommonColumns.Packed.Select(column => column.Name))];
        if (columns.Length > read.Count)
        {
            await Create(tables, table, columns).ExecuteAsync(connection, cancellationToken);
        }
    }

    /// <summary>The statement that makes it; columns that it has already come first, as they are.</summary>
    private static SqlText Create(StagingTables tables, StagedTable table, IEnumerable<string> columns)
    {
        var row = new SqlName("t");
        IEnumerable<SqlText> values = columns.Select(column => column == CommonColumns.LegacyProperties.Name
            ? SqlText.Of($"{LegacyProperties(tables, table.Layout, row)} as {new SqlName(column)}")
            : SqlText.Of($"{row}.{new SqlName(column)}"));
        return SqlText.Of($"create or replace view {table.Published} as select {SqlText.Join(", ", values)} from {table.Rows} {row}");
    }

    private static Task<List<string>> ColumnsAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select attname::text from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum
            """).ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(table.ToString()));
}
