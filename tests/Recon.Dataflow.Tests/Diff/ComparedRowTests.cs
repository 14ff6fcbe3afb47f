using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values.Text;


namespace Recon.Dataflow.Tests.Diff;

/// <summary>What a sink is given.</summary>
public sealed class ComparedRowTests
{
    private static readonly Dictionary<string, string> s_row = new() { ["Id"] = "L1", ["Name"] = "Dupont", ["City"] = "Paris" };

    [Fact]
    public void Diff_Ambiguous_NamesAllCandidatesAndUpdatesNothing()
    {
        Dictionary<string, string> other = new() { ["name"] = "Other" };

        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property(), Diffing.Property("city", "City")]));
        using RecordBatch batch = Diffing.Batch(plan, s_row);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (5, other), (6, other), (7, other)), [0, 2]));

        CollectedRow staged = Diffing.Run(plan, batch).Single();

        Assert.Null(staged.HubspotId);
        Assert.Equal("{}", staged.Updates);
        Assert.Equal("ambiguous", staged.Status);
        Assert.Equal("legacy-id", staged.Rule);
        Assert.Equal("2 HubSpot records by legacy-id: 5, 7", staged.Notes);
        Assert.Equal((0, 0, 1), (batch.Counts.Unmatched, batch.Counts.Matched, batch.Counts.Ambiguous));
    }

    [Theory]
    [InlineData("", new[] { 0 }, null)]
    [InlineData("42", new int[0], "company 42 has no HubSpot record")]
    [InlineData("42", new[] { 0, 1 }, "company 42 is on 2 HubSpot records")]
    [InlineData("4x2", new int[0], "company 4x2 is not a valid legacy id")]
    public void Diff_ParentUnresolved_IsNotedWithItsReason(string parentId, int[] found, string? note)
    {
        PropertyDefinition parent = new() { Property = "company_id", Parent = "company" };
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([parent], lookups: [Diffing.MatchLookup, Diffing.ParentLookup]));
        using RecordBatch batch = Diffing.Batch(plan, new Dictionary<string, string> { ["Id"] = "L1", ["Company_Id"] = parentId });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["company_id"] = "1" })), [0]));
        Dictionary<string, string> none = [];
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror([], (8, none), (9, none)), parentId.Length == 0 ? [] : found));

        CollectedRow staged = Diffing.Run(plan, batch).Single();

        Assert.Equal(note, staged.Notes);
        Assert.Equal("{}", staged.Updates);
    }

    [Fact]
    public void Diff_ParentResolved_StagesItsHubspotIdNeverItsLegacyId()
    {
        PropertyDefinition parent = new() { Property = "company_id", Parent = "company" };
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([parent], lookups: [Diffing.MatchLookup, Diffing.ParentLookup]));
        using RecordBatch batch = Diffing.Batch(plan, new Dictionary<string, string> { ["Id"] = "L1", ["Company_Id"] = "42" });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["company_id"] = "1" })), [0]));
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror([], (4_000_000_000, new Dictionary<string, string>())), [0]));

        CollectedRow staged = Diffing.Run(plan, batch).Single();

        Assert.Equal("""{"company_id":"4000000000"}""", staged.Updates);
        Assert.Equal("""{"company_id":"1"}""", staged.Previous);
    }

    [Theory]
    [InlineData("Rue A", "", "Paris", "Rue A, Paris")]
    [InlineData("", "Bât. 2", "Paris", "Bât. 2, Paris")]
    [InlineData("", "", "", null)]
    public void Diff_SeveralColumns_AreJoinedWithoutTheEmptyOnes(string one, string two, string three, string? joined)
    {
        PropertyDefinition property = new() { Property = "address", Columns = ["A", "B", "C"], Separator = ", " };
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([property]));
        using RecordBatch batch = Diffing.Batch(
            plan, new Dictionary<string, string> { ["Id"] = "L1", ["A"] = one, ["B"] = two, ["C"] = three });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["address"] = "x" })), [0]));

        Assert.Equal(joined is null ? "{}" : $$"""{"address":"{{joined}}"}""", Diffing.Run(plan, batch).Single().Updates);
    }

    [Fact]
    public void Diff_Constant_IsComparedForEveryRecordAsItStands()
    {
        PropertyDefinition property = new() { Property = "origin", Constant = " Sage ", Convert = [new UpperDefinition()] };
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([property]));
        using RecordBatch batch = Diffing.Batch(plan, s_row, s_row);
        Dictionary<string, string> same = new() { ["origin"] = " Sage " };
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, same), (8, new Dictionary<string, string>())), [0], [1]));

        Assert.Equal(["{}", """{"origin":" Sage "}"""], Diffing.Run(plan, batch).Select(staged => staged.Updates));
    }

    [Fact]
    public void Diff_SecondRowOfAnId_MayRepeat()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()]));
        using RecordBatch batch = Diffing.Batch(plan, s_row, s_row);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), [], []));
        RowCollector collector = new(plan);

        new RecordDiffer(plan, () => collector).Diff(batch, repeats: new RepeatFilter(100));

        Assert.Equal([false, true], collector.Rows.Select(staged => staged.MayRepeat));
    }

    [Fact]
    public void Diff_WithoutEncoders_CountsAndStagesNothing()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()]));
        using RecordBatch batch = Diffing.Batch(plan, s_row);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), Array.Empty<int>()));

        new RecordDiffer(plan).Diff(batch);

        Assert.Equal(1, batch.Counts.Unmatched);
        Assert.Null(batch.Staged);
    }

    [Fact]
    public void Diff_FailsMidway_TheBatchDisposesWhatWasBegun()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()]));
        RecordBatch batch = Diffing.Batch(plan, s_row);
        RowCollector collector = new(plan);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), Array.Empty<int>()));

        Assert.Throws<InvalidOperationException>(() => new RecordDiffer(plan, () => collector).Diff(batch, new Refusing()));
        batch.Dispose();

        Assert.True(collector.IsDisposed);
    }

    private sealed class Refusing : IDiffObserver
    {
        public void OnRecord(RecordBatch batch, int row, RecordVerdict record) => throw new InvalidOperationException(record.LegacyId);
    }
}
