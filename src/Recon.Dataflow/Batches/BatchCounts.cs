using System.Runtime.InteropServices;

namespace Recon.Dataflow.Batches;

/// <summary>The counts of one batch, or their sum over a run. Committed with the batch, in the ledger.</summary>
public sealed class BatchCounts
{
    private readonly Dictionary<(object Of, RejectedValue Kind), int> _samplesOfKind = [];

    /// <summary>Records in the input, including malformed ones, but not the header and blank lines.</summary>
    public long Read { get; set; }

    /// <summary>Rows with exactly one HubSpot record.</summary>
    public long Matched { get; set; }

    /// <summary>Rows without a HubSpot record.</summary>
    public long Unmatched { get; set; }

    /// <summary>Rows with several HubSpot records.</summary>
    public long Ambiguous { get; set; }

    /// <summary>Rows whose legacy id the file repeats with different content.</summary>
    public long Conflict { get; set; }

    /// <summary>Rows that repeat another one and agree with it.</summary>
    public long Folded { get; set; }

    /// <summary>Records left out by a filter.</summary>
    public long Filtered { get; set; }

    /// <summary>Records that could not be used.</summary>
    public long Rejected { get; set; }

    /// <summary>Matched rows with at least one property to update.</summary>
    public long WithChanges { get; set; }

    /// <summary>Those of <see cref="Ambiguous"/> that lost their HubSpot record because other legacy records claim it, too.</summary>
    public long Contested { get; set; }

    /// <summary>Rows that won over others with their legacy id that disagree, because they are the latest.</summary>
    public long Latest { get; set; }

    /// <summary>Rows staged: <c>Matched + Unmatched + Ambiguous + Conflict</c>.</summary>
    public long Staged => Matched + Unmatched + Ambiguous + Conflict;

    /// <summary>Whether no record was lost or invented: <c>Read = Staged + Folded + Filtered + Rejected</c>.</summary>
    public bool Balances => Read == Staged + Folded + Filtered + Rejected;

    /// <summary>Whether statuses or changes are counted: in a correction, whether it corrects anything.</summary>
    internal bool Any => Matched != 0 || Unmatched != 0 || Ambiguous != 0 || Conflict != 0 || Contested != 0 || WithChanges != 0
        || PropertyChanges.Values.Any(count => count != 0);

    /// <summary>Filtered records by filter.</summary>
    public Dictionary<string, long> ByFilter { get; init; } = [];

    /// <summary>Rejected records by reason.</summary>
    public Dictionary<string, long> ByReason { get; init; } = [];

    /// <summary>Staged changes by property.</summary>
    public Dictionary<string, long> PropertyChanges { get; init; } = [];

    /// <summary>Values that differ as text but mean the same, by comparison.</summary>
    public Dictionary<string, long> Suppressed { get; init; } = [];

    /// <summary>The same by property.</summary>
    internal Dictionary<string, long> SameByMeaning { get; init; } = [];

    /// <summary>Differences that a rule withheld, by property and rule (<c>phone/fill-blank</c>).</summary>
    public Dictionary<string, long> KeptBack { get; init; } = [];

    internal WithheldSamples Withheld { get; } = new();

    /// <summary>Values that were staged with a remark, by property and remark (<c>hs_timestamp/time-ambiguous</c>).</summary>
    public Dictionary<string, long> Remarks { get; init; } = [];

    /// <summary>Values that failed a conversion, by property, reason and sample.</summary>
    public Dictionary<RejectedValue, long> RejectedValues { get; init; } = [];

    /// <summary>Values that were not empty and had a conversion, by property: those that failed it and those that did not.</summary>
    public Dictionary<string, long> ConvertedValues { get; init; } = [];

    /// <summary>Parent ids that were not empty, by the name of the lookup.</summary>
    public Dictionary<string, long> ParentIds { get; init; } = [];

    /// <summary>
    /// Parent ids that led to no single HubSpot record: by the name of the lookup (as <see cref="RejectedValue.Property"/>),
    /// column, reason (<c>not-found</c>, <c>several-found</c>, <c>malformed</c>) and sample.
    /// </summary>
    public Dictionary<RejectedValue, long> UnresolvedParents { get; init; } = [];

    /// <summary>
    /// Values that look damaged, by kind and column (<c>mojibake/Comp_Name</c>): <c>mojibake</c>,
    /// <c>mojibake-repaired</c>, <c>replacement-character</c>, <c>cut</c> (texts of a length at which many end).
    /// </summary>
    public Dictionary<string, long> Damage { get; init; } = [];

    /// <summary>Adds another batch's counts.</summary>
    /// <param name="other">The counts to add.</param>
    public void Add(BatchCounts other) => Add(other, 1);

    /// <summary>Adds counts several times.</summary>
    internal void Add(BatchCounts other, long times)
    {
        Read += other.Read * times;
        Matched += other.Matched * times;
        Unmatched += other.Unmatched * times;
        Ambiguous += other.Ambiguous * times;
        Conflict += other.Conflict * times;
        Folded += other.Folded * times;
        Filtered += other.Filtered * times;
        Rejected += other.Rejected * times;
        WithChanges += other.WithChanges * times;
        Contested += other.Contested * times;
        Latest += other.Latest * times;
        AddAll(ByFilter, other.ByFilter, times);
        AddAll(ByReason, other.ByReason, times);
        AddAll(PropertyChanges, other.PropertyChanges, times);
        AddAll(Suppressed, other.Suppressed, times);
        AddAll(SameByMeaning, other.SameByMeaning, times);
        AddAll(KeptBack, other.KeptBack, times);
        Withheld.Add(other.Withheld);
        AddAll(Remarks, other.Remarks, times);
        AddSampled(RejectedValues, other.RejectedValues, times);
        AddAll(ConvertedValues, other.ConvertedValues, times);
        AddAll(ParentIds, other.ParentIds, times);
        AddSampled(UnresolvedParents, other.UnresolvedParents, times);
        AddAll(Damage, other.Damage, times);
    }

    /// <summary>Counts one more of a thing.</summary>
    /// <typeparam name="TKey">What is counted by.</typeparam>
    /// <param name="counts">One of the dictionaries.</param>
    /// <param name="key">The thing.</param>
    /// <param name="by">How many more.</param>
    public static void Increment<TKey>(Dictionary<TKey, long> counts, TKey key, long by = 1)
        where TKey : notnull
        => counts[key] = counts.GetValueOrDefault(key) + by;

    // A sum over a run holds some samples of each kind, whatever the size of the file; the counts stay exact.
    private void AddSampled(Dictionary<RejectedValue, long> to, Dictionary<RejectedValue, long> from, long times)
    {
        foreach ((RejectedValue value, long count) in from)
        {
            RejectedValue kept = value;
            if (value.Sample is not null && !to.ContainsKey(value))
            {
                RejectedValue kind = value with { Sample = null };
                ref int samples = ref CollectionsMarshal.GetValueRefOrAddDefault(_samplesOfKind, (to, kind), out _);
                kept = samples < RejectedValue.MaxSamplesPerRun ? value : kind;
                samples += kept == value ? 1 : 0;
            }

            Increment(to, kept, count * times);
        }
    }

    private static void AddAll<TKey>(Dictionary<TKey, long> to, Dictionary<TKey, long> from, long times)
        where TKey : notnull
    {
        foreach ((TKey key, long count) in from)
        {
            Increment(to, key, count * times);
        }
    }
}

/// <summary>A value that was not staged.</summary>
/// <param name="Property">The HubSpot property.</param>
/// <param name="Column">The column of the file.</param>
/// <param name="Reason">The reason code, such as <c>unmapped</c> or <c>too-long</c>.</param>
/// <param name="Sample">The value, cut off at 100 characters; <see langword="null"/> once a batch has <see cref="MaxSamplesPerBatch"/> others.</param>
public sealed record RejectedValue(string Property, string Column, string Reason, string? Sample)
{
    /// <summary>Different samples that a batch keeps; further ones are counted without their text.</summary>
    public const int MaxSamplesPerBatch = 200;

    /// <summary>Characters that a sample keeps.</summary>
    internal const int MaxSampleLength = 100;

    /// <summary>Different samples of one property, column and reason that a sum over batches keeps.</summary>
    public const int MaxSamplesPerRun = 100;
}
