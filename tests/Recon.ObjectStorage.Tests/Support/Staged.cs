using Recon.Testing;

namespace Recon.ObjectStorage.Tests.Support;

/// <summary>What a run of the communications published, so that it can be compared as one text.</summary>
internal static class Staged
{
    public static async Task<string> ReadAsync(TestDatabase database) => await database.QueryValueAsync<string>("""
        select string_agg((to_jsonb(t) - 'run_id' - 'last_updated' - 'source_file')::text, e'\n' order by legacy_communication_id collate "C")
            || (select string_agg((to_jsonb(r) - 'run_id' - 'source_file')::text, e'\n' order by byte_offset) from staging.reconciliation_rejects r)
        from staging.communications_reconciliation t
        """) ?? "";

    /// <summary>All that the log says of runs.</summary>
    public static async Task<string> LogAsync(TestDatabase database)
        => await database.QueryValueAsync<string>("select string_agg(to_jsonb(l)::text, e'\n') from staging.reconciliation_log l") ?? "";
}
