namespace Recon.Postgres.Push;

/// <summary>An association that a plan is to make.</summary>
/// <param name="Lookup">The parent lookup that found the target.</param>
internal sealed record PlannedLink(string Pipeline, string Lookup, string FromType, long FromId, string ToType, long ToId, string LegacyId)
{
    private const string Prefix = "association:";

    /// <summary>What approvals call the associations of a lookup.</summary>
    public static string PropertyOf(string lookup) => Prefix + lookup;
}

/// <summary>An association as the ledger has it.</summary>
/// <param name="No">From 1, without gaps.</param>
/// <param name="Batch">From 1; of one pair of object types each.</param>
internal sealed record PushLink(long No, long Batch, PlannedLink Planned, PushState State);

/// <summary>What became of an association.</summary>
internal sealed record LinkVerdict(long No, PushState State)
{
    public int? HttpStatus { get; init; }

    public string? Category { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    public string? CorrelationId { get; init; }
}
