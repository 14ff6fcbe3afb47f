using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>What is known of accounts.</summary>
internal sealed class PortalStore(StagingTables tables)
{
    /// <summary>Asks all pushes that are going on to stop before their next call.</summary>
    /// <param name="portal">The account; <see langword="null"/> for all.</param>
    /// <param name="by">Who asks.</param>
    /// <returns>The accounts that are stopped.</returns>
    public async Task<IReadOnlyList<long>> StopAsync(NpgsqlConnection connection, long? portal, string by, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            update {tables.PushPortal} set stop_requested_at = clock_timestamp(), stop_requested_by = $2 where portal = coalesce($1, portal) returning portal
            """).ListAsync(connection, row => row.GetInt64(0), cancellationToken, SqlValue.Of(portal), SqlValue.Of(by));

    /// <summary>What the answers of an account said of its limits last.</summary>
    /// <returns>The limits; <see langword="null"/> for an account that never answered.</returns>
    public async Task<PortalLimits?> FindAsync(NpgsqlConnection connection, long portal, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            select max, interval_ms, daily, observed_at from {tables.PushPortal} where portal = $1 and observed_at is not null
            """).ListAsync(
                connection,
                row => new PortalLimits(row.GetInt32(0), TimeSpan.FromMilliseconds(row.GetInt64(1)), row[2] as long?, new DateTimeOffset(row.GetDateTime(3), TimeSpan.Zero)),
                cancellationToken,
                SqlValue.Of(portal))).SingleOrDefault();
}

/// <summary>How many calls an account takes.</summary>
/// <param name="Max">In each interval.</param>
/// <param name="Daily">In a day; unknown with OAuth.</param>
internal sealed record PortalLimits(int Max, TimeSpan Interval, long? Daily, DateTimeOffset ObservedAt);
