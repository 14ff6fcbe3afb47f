using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Queries;

/// <summary>Memory for queries that sort or join millions of rows, where the server grants little: its own setting is meant for many queries at a time.</summary>
internal static class SortMemory
{
    /// <summary>At least 64 MB for each sort, to the end of the transaction.</summary>
    public static Task GrantAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select set_config('work_mem', '64MB', true) where pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB')
            """).ExecuteAsync(connection, cancellationToken);
}
