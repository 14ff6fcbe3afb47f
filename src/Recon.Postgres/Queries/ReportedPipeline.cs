namespace Recon.Postgres.Queries;

/// <summary>What a pipeline's run left, for a report.</summary>
/// <param name="Run">The run; <see langword="null"/> when there is none.</param>
internal sealed record ReportedPipeline(LoggedRun? Run)
{
    /// <summary>Whether its result is the published one, so that the rows are its rows.</summary>
    public bool IsPublished { get; init; }

    /// <summary>How many rows the staging table holds where they are not those that the published run left; <see langword="null"/> otherwise.</summary>
    public long? RowsLeft { get; init; }

    /// <summary>Partial runs that changed rows of its result since.</summary>
    public long MergedSince { get; init; }

    /// <summary>A run that began later; <see langword="null"/> when none did.</summary>
    public LoggedRun? Later { get; init; }

    /// <summary>The whole run before it that was published; <see langword="null"/> when there is none, or when this one is not such a run.</summary>
    public LoggedRun? Former { get; init; }

    /// <summary>Which records differ from the result before; <see langword="null"/> where that is not known.</summary>
    public RunDifference? Difference { get; init; }

    /// <summary>Why that is not known.</summary>
    public string? NotCompared { get; init; }

    /// <summary>Rows by status and rule; empty where the rows are not its rows.</summary>
    public IReadOnlyList<StatusRows> Statuses { get; init; } = [];

    /// <summary>What the rows would do to HubSpot; <see langword="null"/> where they are not its rows.</summary>
    public StagedChanges? Changes { get; init; }

    /// <summary>Rejected records by reason and column, the most frequent first.</summary>
    public IReadOnlyList<RejectedLike> Rejects { get; init; } = [];

    /// <summary>Parents that were not found, by lookup.</summary>
    public IReadOnlyList<MissingParents> Parents { get; init; } = [];
}

/// <param name="Rule">The rule that decided; <see langword="null"/> where none did.</param>
/// <param name="Confidence">Of the rule, 0 to 100; <see langword="null"/> where there is none.</param>
internal sealed record StatusRows(string Status, string? Rule, decimal? Confidence, long Rows, long WithChanges);

/// <summary>Records that were rejected for one reason.</summary>
/// <param name="Column">The column at fault; <see langword="null"/> for the whole record.</param>
/// <param name="Samples">The first of them.</param>
internal sealed record RejectedLike(string Reason, string? Column, long Records, IReadOnlyList<RejectSample> Samples);

/// <param name="Raw">The beginning of the record.</param>
/// <param name="Length">Characters of the whole record.</param>
internal sealed record RejectSample(string? File, long Line, string Message, string Raw, int Length);

/// <summary>The parents of a lookup that were not found.</summary>
/// <param name="Ids">The ids that most records name, with how many do.</param>
/// <param name="AllIds">How many ids there are.</param>
/// <param name="AllRecords">How many records name one.</param>
internal sealed record MissingParents(string Lookup, IReadOnlyList<KeyValuePair<string, long>> Ids, long AllIds, long AllRecords);
