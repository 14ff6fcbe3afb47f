using Recon.Dataflow.Batches;

namespace Recon.Postgres.Runs.Gates;

/// <summary>How many of the ids that were looked up led to a record of the mirror.</summary>
internal readonly record struct FoundShare(long Found, long Ids)
{
    /// <summary>Of the rows: those that are matched or ambiguous.</summary>
    public static FoundShare OfRows(BatchCounts counts) => new(counts.Matched + counts.Ambiguous, counts.Staged);

    /// <summary>Of the ids of a parent: those that lead to one record.</summary>
    public static FoundShare OfParents(BatchCounts counts, string lookup)
    {
        long ids = counts.ParentIds.GetValueOrDefault(lookup);
        return new FoundShare(ids - counts.UnresolvedParents.Where(entry => entry.Key.Property == lookup).Sum(entry => entry.Value), ids);
    }

    /// <summary>How many of so many ids would be found if the share were this one.</summary>
    public long Expect(long ids) => Ids == 0 ? 0 : (long)((decimal)Found * ids / Ids);

    /// <summary>Whether the share is less than half of what another one lets expect, of enough ids to say so.</summary>
    public bool IsLessThanHalfOf(FoundShare former)
        => former.Expect(Ids) is >= GateRules.LeastToJudge and long expected && Found * 2 < expected;
}
