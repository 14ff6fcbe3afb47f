using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>A pipeline's staging table as it is in the database.</summary>
/// <param name="Published">What readers see.</param>
/// <param name="Rows">The partitioned table that holds the rows; in the former layout <paramref name="Published"/> itself.</param>
internal sealed record StagedTable(SqlTable Published, SqlTable Rows, RowLayout Layout)
{
    /// <summary>Whether it is a table of the former layout: a user's own views, foreign keys or columns keep it as it is.</summary>
    public bool IsFormer => !Layout.IsPacked;

    /// <summary>The table as it is where its rows have a layout.</summary>
    public static StagedTable Of(StagingTables tables, RowLayout layout)
    {
        SqlTable published = tables.Published(layout.Stage);
        return new StagedTable(published, layout.IsPacked ? tables.Rows(layout.Stage) : published, layout);
    }

    /// <returns>The table; <see langword="null"/> when there is none, or not one that recon made.</returns>
    public static async Task<StagedTable?> FindAsync(
        NpgsqlConnection connection, StagingTables tables, StageBlockDefinition stage, CancellationToken cancellationToken)
    {
        (SqlTable published, SqlTable rows) = (tables.Published(stage), tables.Rows(stage));
        string[] partitioned = [.. await SqlText.Of($"""
            select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and c.relname = any($2) and c.relkind = 'p'
            """).ListAsync(
                connection,
                row => row.GetString(0),
                cancellationToken,
                SqlValue.Of(tables.Schema.Value),
                SqlValue.Of([published.Name.Value, rows.Name.Value]))];
        return partitioned.Contains(published.Name.Value) ? Of(tables, new RowLayout(stage, IsPacked: false))
            : partitioned.Contains(rows.Name.Value) ? Of(tables, new RowLayout(stage, IsPacked: true))
            : null;
    }

    /// <exception cref="StagingException">There is none.</exception>
    public static async Task<StagedTable> RequireAsync(
        NpgsqlConnection connection, StagingTables tables, StageBlockDefinition stage, CancellationToken cancellationToken)
        => await FindAsync(connection, tables, stage, cancellationToken)
            ?? throw new StagingException($"{tables.Published(stage).Display} is gone. 'recon setup' makes it again.");
}
