namespace Recon.Postgres.Push;

/// <summary>One HubSpot record that a plan is to change.</summary>
/// <param name="Properties">The new values by HubSpot's name; empty text clears.</param>
/// <param name="Before">What the mirror held for the same names.</param>
internal sealed record PlannedItem(
    string Pipeline,
    string ObjectType,
    long HubspotId,
    string LegacyId,
    IReadOnlyDictionary<string, string> Properties,
    IReadOnlyDictionary<string, string?> Before);

/// <summary>An item of a plan as the ledger has it.</summary>
/// <param name="No">From 1, without gaps; the items of a batch are neighbours.</param>
/// <param name="Batch">From 1; of one object type each.</param>
internal sealed record PushItem(long No, long Batch, PlannedItem Planned, PushState State)
{
    /// <summary>What is sent of it: the approved changes; <see langword="null"/> until a push took it on.</summary>
    public IReadOnlyDictionary<string, string>? Sent { get; init; }

    /// <summary>
    /// What may be sent of it by now, where its fate is not known and other changes are approved than were sent: it counts once HubSpot was
    /// seen not to hold what was sent. <see langword="null"/> where the same is approved.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Allowed { get; init; }

    /// <summary>What HubSpot held just before.</summary>
    public IReadOnlyDictionary<string, string?>? Seen { get; init; }

    /// <summary>What HubSpot answered that it holds now.</summary>
    public IReadOnlyDictionary<string, string?>? Written { get; init; }

    /// <summary>When a request with it left first of which nobody knows yet what became; <see langword="null"/> before that.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>What became of an item.</summary>
internal sealed record ItemVerdict(long No, PushState State)
{
    public int? HttpStatus { get; init; }

    public string? Category { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>The property that HubSpot named.</summary>
    public string? Property { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>Who changed the value that was found in HubSpot, and when.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>The id of the record that it was merged into.</summary>
    public string? MergedInto { get; init; }

    /// <summary>What is sent, where it is not what the ledger has; <see langword="null"/> keeps that.</summary>
    public IReadOnlyDictionary<string, string>? Sent { get; init; }

    /// <summary>What HubSpot held just before; <see langword="null"/> keeps what the ledger has.</summary>
    public IReadOnlyDictionary<string, string?>? Seen { get; init; }

    /// <summary>What HubSpot holds now; <see langword="null"/> keeps what the ledger has.</summary>
    public IReadOnlyDictionary<string, string?>? Written { get; init; }
}
