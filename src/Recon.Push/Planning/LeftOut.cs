namespace Recon.Push.Planning;

/// <summary>What of a pipeline's changes is not in its plan, and why.</summary>
internal sealed class LeftOut
{
    /// <summary>Records whose HubSpot id another matched record of the pipeline has, too.</summary>
    public long Shared { get; set; }

    /// <summary>Records that another pipeline claims by an equal or stronger rule.</summary>
    public long ClaimedElsewhere { get; set; }

    /// <summary>Records whose object type is not known: the column's value has no mapping.</summary>
    public long Untyped { get; set; }

    /// <summary>Records that are of another object type in HubSpot, as the mirror says.</summary>
    public long OtherType { get; set; }

    /// <summary>Records of which nothing is left.</summary>
    public long Empty { get; set; }

    /// <summary>Values that the object type has no property for, by the mirror's name.</summary>
    public Dictionary<string, long> NotSent { get; } = new(StringComparer.Ordinal);

    /// <summary>Values for which the object type has no value, by the mirror's name.</summary>
    public Dictionary<string, long> Unmapped { get; } = new(StringComparer.Ordinal);

    /// <summary>Values that are the same in HubSpot's words, by the mirror's name.</summary>
    public Dictionary<string, long> Unchanged { get; } = new(StringComparer.Ordinal);

    /// <summary>Associations whose parent the run did not resolve, by lookup.</summary>
    public Dictionary<string, long> UnresolvedParents { get; } = new(StringComparer.Ordinal);

    /// <summary>Associations of records whose object type is not known, by lookup.</summary>
    public Dictionary<string, long> UntypedLinks { get; } = new(StringComparer.Ordinal);

    /// <summary>Associations of records that are of another object type in HubSpot, by lookup.</summary>
    public Dictionary<string, long> OtherTypeLinks { get; } = new(StringComparer.Ordinal);

    public static void Add(Dictionary<string, long> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}
