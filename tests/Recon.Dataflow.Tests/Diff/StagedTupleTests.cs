using System.Buffers.Binary;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;

#pragma warning disable CA2000 // Answers belong to their batch, and rows that are not pooled hold nothing to free.

namespace Recon.Dataflow.Tests.Diff;

/// <summary>What a row looks like in the staging table.</summary>
public sealed class StagedTupleTests
{
    private static readonly Dictionary<string, string> s_row = new() { ["Id"] = "L1", ["Name"] = "Société \"Dupont\" <&>", ["City"] = "Paris" };

    [Fact]
    public void Diff_Matched_WritesTheCommonColumns()
    {
        (CopyTuple tuple, _) = Stage(s_row, [(9_007_199_254_740_993, new Dictionary<string, string> { ["name"] = "Dupont" })], [0]);

        Assert.Equal("L1", tuple.LegacyId);
        Assert.Equal(9_007_199_254_740_993, tuple.HubspotId);
        Assert.Equal("""{"City":"Paris","Name":"Société \"Dupont\" <&>"}""", tuple.LegacyProperties);
        Assert.Equal("""{"name":"Société \"Dupont\" <&>","city":"Paris"}""", tuple.Updates);
        Assert.Equal("""{"name":"Dupont","city":null}""", tuple.Previous);
        Assert.Equal("matched", tuple.Text("reconciliation_status"));
        Assert.Equal("100.00", CopyTuple.Numeric(tuple.CommonField("match_confidence")));
        Assert.Equal("legacy-id", tuple.Text("match_rule"));
        Assert.Null(tuple.Notes);
        Assert.Equal(2, BinaryPrimitives.ReadInt64BigEndian(tuple.CommonField("source_line")));
        Assert.Null(tuple.CommonField("source_file"));
        Assert.Equal(Diffing.RunId, new Guid(tuple.CommonField("run_id")!, bigEndian: true));
        Assert.Equal(
            Diffing.Now,
            new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)
                .AddMicroseconds(BinaryPrimitives.ReadInt64BigEndian(tuple.CommonField("last_updated"))));
        Assert.Equal(2 + CommonColumns.Written.Count, tuple.Fields.Count);
    }

    [Fact]
    public void Diff_Unmatched_WritesNoHubspotRecordAndNoRule()
    {
        (CopyTuple tuple, BatchCounts counts) = Stage(s_row, [], []);

        Assert.Null(tuple.HubspotId);
        Assert.Equal("{}", tuple.Updates);
        Assert.Equal("{}", tuple.Previous);
        Assert.Equal("unmatched", tuple.Text("reconciliation_status"));
        Assert.Equal("0.00", CopyTuple.Numeric(tuple.CommonField("match_confidence")));
        Assert.Null(tuple.Text("match_rule"));
        Assert.Equal((1, 0, 0), (counts.Unmatched, counts.Matched, counts.Ambiguous));
    }

    [Fact]
    public void Diff_Ambiguous_NamesAllCandidatesAndUpdatesNothing()
    {
        Dictionary<string, string> other = new() { ["name"] = "Other" };

        (CopyTuple tuple, BatchCounts counts) = Stage(s_row, [(5, other), (6, other), (7, other)], [0, 2]);

        Assert.Null(tuple.HubspotId);
        Assert.Equal("{}", tuple.Updates);
        Assert.Equal("ambiguous", tuple.Text("reconciliation_status"));
        Assert.Equal("legacy-id", tuple.Text("match_rule"));
        Assert.Equal("2 HubSpot records by legacy-id: 5, 7", tuple.Notes);
        Assert.Equal((0, 0, 1), (counts.Unmatched, counts.Matched, counts.Ambiguous));
    }

    [Fact]
    public void Diff_SeveralFiles_NamesTheRowsFile()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()]));
        using RecordBatch batch = Diffing.Batch(plan, s_row);
        batch.Range = batch.Range with { File = 1 };
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), Array.Empty<int>()));

        Assert.Equal("b.csv", Diffing.Run(plan, batch, null, "a.csv", "b.csv").Single().Text("source_file"));
    }

    [Fact]
    public void Diff_OwnColumns_HoldWhatTheDefinitionSays()
    {
        StagedColumnDefinition[] staged =
        [
            new() { Name = "legacy_amount", Legacy = "Amount" },
            new() { Name = "amount", Converted = "amount", Type = StagedType.Numeric },
            new() { Name = "legacy_amount_number", Legacy = "Amount", Type = StagedType.Numeric },
            new() { Name = "hubspot_amount", Hubspot = "amount", Type = StagedType.Numeric },
            new() { Name = "legacy_company_id", ParentLegacyId = "company" },
            new() { Name = "hubspot_company_id", ParentHubspotId = "company", Type = StagedType.Bigint },
            new() { Name = "closed", Converted = "closedate", Type = StagedType.Timestamptz },
        ];
        PropertyDefinition[] properties =
        [
            Diffing.Property("amount", "Amount") with { Convert = [new NumberDefinition { DecimalSeparator = ",", GroupSeparator = " " }] },
            Diffing.Property("closedate", "Close") with { Convert = [new DatetimeDefinition()] },
        ];
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline(properties, staged, [Diffing.MatchLookup, Diffing.ParentLookup]));
        using RecordBatch batch = Diffing.Batch(plan, new Dictionary<string, string>
        {
            ["Id"] = "L1",
            ["Amount"] = "1 054,50",
            ["Close"] = "2024-07-01 12:00:00",
            ["Company_Id"] = "42.0",
        });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["amount"] = "1000" })), [0]));
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror([], (4_000_000_000, new Dictionary<string, string>())), [0]));

        CopyTuple tuple = Diffing.Run(plan, batch).Single();

        Assert.Equal("1 054,50", CopyTuple.TextOf(tuple.Own(0)));
        Assert.Equal("1054.5", CopyTuple.Numeric(tuple.Own(1))!.TrimEnd('0'));
        Assert.Null(tuple.Own(2));
        Assert.Equal("1000", CopyTuple.Numeric(tuple.Own(3)));
        Assert.Equal("42", CopyTuple.TextOf(tuple.Own(4)));
        Assert.Equal(4_000_000_000, BinaryPrimitives.ReadInt64BigEndian(tuple.Own(5)));
        Assert.Equal(
            PostgresBinary.Microseconds(new DateTimeOffset(2024, 7, 1, 10, 0, 0, TimeSpan.Zero)),
            BinaryPrimitives.ReadInt64BigEndian(tuple.Own(6)));
    }

    [Theory]
    [InlineData("17,00", "17")]
    [InlineData(" 1054", "1054")]
    [InlineData("1.5E3", "1500")]
    [InlineData("-2.50e-1", "-0.25")]
    [InlineData("17.00", "17.00")]
    [InlineData("1E999999", null)]
    [InlineData("n/a", null)]
    public void Diff_NumberOfATextMirror_IsStagedByMeaning(string hubspot, string? expected)
        => Assert.Equal(expected, CopyTuple.Numeric(StageHubspot(hubspot, StagedType.Numeric)));

    [Theory]
    [InlineData("17,00", 17L)]
    [InlineData("1.5E3", 1500L)]
    [InlineData("-8", -8L)]
    [InlineData("17.5", null)]
    public void Diff_WholeNumberOfATextMirror_IsStagedByMeaning(string hubspot, long? expected)
        => Assert.Equal(expected, StageHubspot(hubspot, StagedType.Bigint) is { } field ? BinaryPrimitives.ReadInt64BigEndian(field) : null);

    [Theory]
    [InlineData("1719819000000", true)]
    [InlineData("2024-07-01 09:30:00+02", true)]
    [InlineData("2024-07-01 07:30:00.000001", true)]
    [InlineData("yesterday", false)]
    public void Diff_TimeOfATextMirror_IsStagedByMeaning(string hubspot, bool isTime)
        => Assert.Equal(
            isTime ? PostgresBinary.Microseconds(new DateTimeOffset(2024, 7, 1, 7, 30, 0, TimeSpan.Zero)) : null,
            StageHubspot(hubspot, StagedType.Timestamptz) is { } field ? BinaryPrimitives.ReadInt64BigEndian(field) : (long?)null);

    private static byte[]? StageHubspot(string hubspot, StagedType type)
    {
        StagedColumnDefinition[] staged = [new() { Name = "hubspot_name", Hubspot = "name", Type = type }];
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()], staged));
        using RecordBatch batch = Diffing.Batch(plan, s_row);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["name"] = hubspot })), [0]));
        return Diffing.Run(plan, batch).Single().Own(0);
    }

    [Fact]
    public void Diff_OptionalMirrorColumnIsAbsent_StagesNothingInItsPlace()
    {
        PropertyDefinition property = Diffing.Property() with { Optional = true };
        StagedColumnDefinition[] staged = [new() { Name = "hubspot_name", Hubspot = "name" }, new() { Name = "converted_name", Converted = "name" }];
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([property], staged), absentMirror: ["name"]);
        using RecordBatch batch = Diffing.Batch(plan, s_row);

        // A lookup asks for some other column instead, so that the answers keep their places.
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["name"] = "the key" })), [0]));
        CopyTuple tuple = Diffing.Run(plan, batch).Single();

        Assert.Null(tuple.Own(0));
        Assert.Null(tuple.Own(1));
        Assert.Equal("{}", tuple.Updates);
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

        CopyTuple tuple = Diffing.Run(plan, batch).Single();

        Assert.Equal(note, tuple.Notes);
        Assert.Equal("{}", tuple.Updates);
    }

    [Fact]
    public void Diff_ParentResolved_StagesItsHubspotIdNeverItsLegacyId()
    {
        PropertyDefinition parent = new() { Property = "company_id", Parent = "company" };
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([parent], lookups: [Diffing.MatchLookup, Diffing.ParentLookup]));
        using RecordBatch batch = Diffing.Batch(plan, new Dictionary<string, string> { ["Id"] = "L1", ["Company_Id"] = "42" });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["company_id"] = "1" })), [0]));
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror([], (4_000_000_000, new Dictionary<string, string>())), [0]));

        CopyTuple tuple = Diffing.Run(plan, batch).Single();

        Assert.Equal("""{"company_id":"4000000000"}""", tuple.Updates);
        Assert.Equal("""{"company_id":"1"}""", tuple.Previous);
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

        Assert.Equal(["{}", """{"origin":" Sage "}"""], Diffing.Run(plan, batch).Select(tuple => tuple.Updates));
    }

    private static (CopyTuple Tuple, BatchCounts Counts) Stage(
        Dictionary<string, string> row, (long, IReadOnlyDictionary<string, string>)[] mirror, int[] candidates)
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property(), Diffing.Property("city", "City")]));
        using RecordBatch batch = Diffing.Batch(plan, row);
        using MirrorRows rows = Diffing.Mirror(plan, mirror);
        batch.Answers.Add(Diffing.Answer(rows, candidates));
        return (Diffing.Run(plan, batch).Single(), batch.Counts);
    }
}
