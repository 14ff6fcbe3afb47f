using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Tests.Diff;


namespace Recon.Dataflow.Tests.Lookup;

public sealed class RecordMatcherTests
{
    private static readonly MatchKeyDefinition[] s_on = [new() { Column = "Id", Property = "key" }];

    private static readonly IReadOnlyList<ValidLookup> s_lookups = Diffing.Pipeline([], lookups:
    [
        Diffing.MatchLookup,
        Diffing.ParentLookup,
        new() { Name = "mail", Role = LookupRole.Fallback, On = s_on, Confidence = 90 },
        new() { Name = "phone", Role = LookupRole.Fallback, On = s_on, Confidence = 60.5 },
    ]).Lookups;

    [Theory]
    [InlineData(1, 0, 0, 0, MatchStatus.Matched, 0, "legacy-id", 100)]
    [InlineData(1, 1, 2, 2, MatchStatus.Matched, 0, "legacy-id", 100)]
    [InlineData(0, 0, 1, 2, MatchStatus.Matched, 2, "mail", 90)]
    [InlineData(0, 0, 0, 1, MatchStatus.Matched, 3, "phone", 60.5)]
    [InlineData(2, 0, 1, 1, MatchStatus.Ambiguous, 0, "legacy-id", 0)]
    [InlineData(0, 0, 2, 1, MatchStatus.Ambiguous, 2, "mail", 0)]
    [InlineData(0, 1, 0, 0, MatchStatus.Unmatched, -1, null, 0)]
    [InlineData(0, 0, 0, 0, MatchStatus.Unmatched, -1, null, 0)]
    public void Find_CandidatesPerLookup_FirstLookupThatFoundAnythingDecides(
        int match, int parent, int mail, int phone, object status, int lookup, string? rule, double confidence)
    {
        using RecordBatch batch = Diffing.Batch(new SourceColumns(["Id"]), new Dictionary<string, string> { ["Id"] = "1" });
        foreach (int found in new[] { match, parent, mail, phone })
        {
            batch.Answers.Add(Answer(found));
        }

        RecordMatch result = new RecordMatcher(s_lookups).Find(batch, 0);

        Assert.Equal(new RecordMatch((MatchStatus)status, lookup, (MatchStatus)status == MatchStatus.Matched ? 0 : -1, rule, confidence), result);
    }

    [Fact]
    public void Find_OnlyTheFirstAnswersAreThere_GoesByThem()
    {
        // A fallback asks who is still without a record, before the later lookups have answered.
        using RecordBatch batch = Diffing.Batch(new SourceColumns(["Id"]), new Dictionary<string, string> { ["Id"] = "1" });
        batch.Answers.Add(Answer(0));
        batch.Answers.Add(null);

        Assert.Equal(MatchStatus.Unmatched, new RecordMatcher(s_lookups).Find(batch, 0).Status);
    }

    private static LookupAnswer Answer(int found)
    {
        Dictionary<string, string> none = [];
        return Diffing.Answer(Diffing.Mirror([], (8, none), (9, none)), [.. Enumerable.Range(0, found)], []);
    }
}
