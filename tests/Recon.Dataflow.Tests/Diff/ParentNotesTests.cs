using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;


namespace Recon.Dataflow.Tests.Diff;

public sealed class ParentNotesTests
{
    [Fact]
    public void Diff_ParentIds_AreCountedByWhatCameOfThem()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()], lookups: [Diffing.MatchLookup, Diffing.ParentLookup]));
        string[] ids = ["1", "", "2", "3", "C-4", "5", "6", "7", "8"];
        using RecordBatch batch = Diffing.Batch(
            plan, [.. ids.Select((id, index) => new Dictionary<string, string> { ["Id"] = $"{index}", ["Company_Id"] = id })]);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), [.. ids.Select(_ => Array.Empty<int>())]));
        MirrorRows parents = Diffing.Mirror([], (70, new Dictionary<string, string>()), (71, new Dictionary<string, string>()));
        batch.Answers.Add(Diffing.Answer(parents, [0], [], [0, 1], [], [], [], [], [], []));

        _ = Diffing.Run(plan, batch);

        Assert.Equal(8, batch.Counts.ParentIds["company"]);
        Assert.Equal(
            new Dictionary<RejectedValue, long>
            {
                [new("company", "Company_Id", "several-found", "2")] = 1,
                [new("company", "Company_Id", "malformed", "C-4")] = 1,
                [new("company", "Company_Id", "not-found", "3")] = 1,
                [new("company", "Company_Id", "not-found", "5")] = 1,
                [new("company", "Company_Id", "not-found", "6")] = 1,
                [new("company", "Company_Id", "not-found", null)] = 2,
            },
            batch.Counts.UnresolvedParents);
    }
}
