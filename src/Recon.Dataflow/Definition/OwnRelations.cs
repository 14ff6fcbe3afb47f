namespace Recon.Dataflow.Definition;

/// <summary>The tables and indexes that recon keeps for itself in the staging schema, beside those of the pipelines.</summary>
internal static class OwnRelations
{
    private static readonly List<string> s_tables = [];
    private static readonly List<string> s_indexes = [];

    /// <summary>One row per run and pipeline.</summary>
    public static string Log { get; } = Listed("reconciliation_log", s_tables);

    /// <summary>One row per committed batch.</summary>
    public static string Ledger { get; } = Listed("reconciliation_ledger", s_tables);

    /// <summary>One row per rejected record.</summary>
    public static string Rejects { get; } = Listed("reconciliation_rejects", s_tables);

    /// <summary>Who holds which pipeline.</summary>
    public static string Lease { get; } = Listed("reconciliation_lease", s_tables);

    /// <summary>What a result is known by in the next run: hashes of its records.</summary>
    public static string Hashes { get; } = Listed("reconciliation_hashes", s_tables);

    /// <summary>Lists of columns of files: the names of the values that rows hold.</summary>
    public static string Names { get; } = Listed("reconciliation_names", s_tables);

    /// <summary>What runs replaced in a result, for comparing runs.</summary>
    public static string History { get; } = Listed("reconciliation_history", s_tables);

    /// <summary>What people decided about records; kept when results are replaced or cleared.</summary>
    public static string Decisions { get; } = Listed("reconciliation_decisions", s_tables);

    /// <summary>Each decision that was ever made or undone.</summary>
    public static string DecisionHistory { get; } = Listed("reconciliation_decision_history", s_tables);

    /// <summary>What people said of records of a sample: right or wrong.</summary>
    public static string Audit { get; } = Listed("reconciliation_audit", s_tables);

    /// <summary>One row per plan and pipeline; kept, with what belongs to it, when results are replaced or cleared.</summary>
    public static string PushPlan { get; } = Listed("push_plan", s_tables);

    /// <summary>One row per HubSpot record of a plan: what is to be written, and what became of it.</summary>
    public static string PushItem { get; } = Listed("push_item", s_tables);

    /// <summary>What people said of the changes of plans, in the order in which they said it.</summary>
    public static string PushApproval { get; } = Listed("push_approval", s_tables);

    /// <summary>One row per association of a plan.</summary>
    public static string PushLink { get; } = Listed("push_link", s_tables);

    /// <summary>One row per HubSpot account: how many calls it takes, and whether somebody wants them to stop.</summary>
    public static string PushPortal { get; } = Listed("push_portal", s_tables);

    /// <summary>One row per job that several processes share: what to run, and who leads it.</summary>
    public static string Jobs { get; } = Listed("reconciliation_job", s_tables);

    /// <summary>One row per part of an input that a worker was given: whose batches of it commit.</summary>
    public static string Splits { get; } = Listed("reconciliation_split", s_tables);

    public static string LogByStart { get; } = Listed("reconciliation_log_started", s_indexes);

    public static string RejectsByPipeline { get; } = Listed("reconciliation_rejects_pipeline", s_indexes);

    public static string ItemsByRecord { get; } = Listed("push_item_record", s_indexes);

    public static string LinksByRecord { get; } = Listed("push_link_record", s_indexes);

    public static string LinksWritten { get; } = Listed("push_link_written", s_indexes);

    public static IReadOnlyList<string> Tables => s_tables;

    public static IReadOnlyList<string> All { get; } = [.. s_tables, .. s_indexes];

    /// <summary>Whether recon or PostgreSQL, which names the index of a primary key, takes the name for one of them.</summary>
    public static bool Takes(string name)
        => All.Concat(Tables.Select(table => table + "_pkey")).Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string Listed(string name, List<string> list)
    {
        list.Add(name);
        return name;
    }
}
