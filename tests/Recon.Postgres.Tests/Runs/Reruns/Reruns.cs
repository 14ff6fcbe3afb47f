using Recon.Dataflow.Batches;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Reruns;

/// <summary>Runs that write what differs, and what they are compared with.</summary>
internal static class Reruns
{
    /// <summary>The reason of a run that compares only what may have changed.</summary>
    public const string Level2 = "only records whose row or HubSpot records have changed were compared";

    /// <summary>A world of few records whose runs write what differs all the same.</summary>
    public static async Task<SmallWorld> CreateAsync(PostgresServer server, int records = 100)
    {
        SmallWorld world = await SmallWorld.CreateAsync(server, records);
        world.Tuning = world.Tuning with { LeastToCompare = 0, MostAdded = 100 };
        return world;
    }

    /// <summary>The result is that of a whole run, which follows, in all that it says: rows, rejects, counts, warnings and gates.</summary>
    public static async Task RequireEqualToAWholeRunAsync(SmallWorld world, PipelineResult rerun)
    {
        string counts = await CountsAsync(world);
        string content = await world.ContentAsync();
        string rejects = await world.RejectsAsync();
        PipelineResult whole = await CompleteAsync(world, request => request with { Full = true });

        Assert.Equal(RunWay.Whole, whole.Way!.Name);
        Assert.Equal(await world.ContentAsync(), content);
        Assert.Equal(await world.RejectsAsync(), rejects);
        Assert.Equal(await CountsAsync(world), counts);
        Assert.Equal(whole.Told().Warnings, rerun.Told().Warnings);
        Assert.Equal(whole.ExceededGates, rerun.ExceededGates);
    }

    public static async Task<PipelineResult> CompleteAsync(SmallWorld world, Func<RunRequest, RunRequest>? change = null)
    {
        PipelineResult result = await world.RunAsync(change);
        Assert.Null(result.Fault);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        return result;
    }

    // Samples are those of the records that were compared.
    public static async Task<string> CountsAsync(SmallWorld world)
    {
        BatchCounts logged = CountsJson.Read((await world.Database.QueryValueAsync<string>(
            "select details::text from staging.reconciliation_log order by started_at desc limit 1"))!);
        var counts = new BatchCounts
        {
            ByFilter = logged.ByFilter,
            ByReason = logged.ByReason,
            PropertyChanges = logged.PropertyChanges,
            Suppressed = logged.Suppressed,
            SameByMeaning = logged.SameByMeaning,
            KeptBack = logged.KeptBack,
            Remarks = logged.Remarks,
            ConvertedValues = logged.ConvertedValues,
            ParentIds = logged.ParentIds,
            Damage = logged.Damage,
            Read = logged.Read,
            Matched = logged.Matched,
            Unmatched = logged.Unmatched,
            Ambiguous = logged.Ambiguous,
            Conflict = logged.Conflict,
            Folded = logged.Folded,
            Filtered = logged.Filtered,
            Rejected = logged.Rejected,
            WithChanges = logged.WithChanges,
        };
        foreach (Dictionary<RejectedValue, long> values in (Dictionary<RejectedValue, long>[])[logged.RejectedValues, logged.UnresolvedParents])
        {
            foreach ((RejectedValue value, long count) in values)
            {
                BatchCounts.Increment(counts.RejectedValues, value with { Sample = null }, count);
            }
        }

        return CountsJson.Write(counts);
    }
}
