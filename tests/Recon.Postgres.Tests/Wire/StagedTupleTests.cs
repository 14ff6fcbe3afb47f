using System.Buffers.Binary;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Tests.Diff;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Time;
using Recon.Postgres.Wire;


namespace Recon.Postgres.Tests.Wire;

/// <summary>What a row looks like in the staging table.</summary>
public sealed class StagedTupleTests
{
    private static readonly Dictionary<string, string> s_row = new() { ["Id"] = "L1", ["Name"] = "Société \"Dupont\" <&>", ["City"] = "Paris" };

    [Fact]
    public void Diff_Matched_WritesTheCommonColumns()
    {
        (DecodedTuple tuple, _) = Stage(s_row, [(9_007_199_254_740_993, new Dictionary<string, string> { ["name"] = "Dupont" })], [0]);

        Assert.Equal("L1", tuple.LegacyId);
        Assert.Equal(9_007_199_254_740_993, tuple.HubspotId);
        Assert.Equal("""{"City":"Paris","Name":"Société \"Dupont\" <&>"}""", tuple.LegacyProperties);
        Assert.Equal("""{"name":"Société \"Dupont\" <&>","city":"Paris"}""", tuple.Updates);
        Assert.Equal("""{"name":"Dupont","city":null}""", tuple.Previous);
        Assert.Equal("matched", tuple.Text("reconciliation_status"));
        Assert.Equal("100.00", DecodedTuple.Numeric(tuple.CommonField("match_confidence")));
        Assert.Equal("legacy-id", tuple.Text("match_rule"));
        Assert.Null(tuple.Notes);
        Assert.Equal(2, BinaryPrimitives.ReadInt64BigEndian(tuple.CommonField("source_line")));
        Assert.Null(tuple.CommonField("source_file"));
    }

    [Fact]
    public void Diff_Unmatched_WritesNoHubspotRecordAndNoRule()
    {
        (DecodedTuple tuple, BatchCounts counts) = Stage(s_row, [], []);

        Assert.Null(tuple.HubspotId);
        Assert.Equal("{}", tuple.Updates);
        Assert.Equal("{}", tuple.Previous);
        Assert.Equal("unmatched", tuple.Text("reconciliation_status"));
        Assert.Equal("0.00", DecodedTuple.Numeric(tuple.CommonField("match_confidence")));
        Assert.Null(tuple.Text("match_rule"));
        Assert.Equal((1, 0, 0), (counts.Unmatched, counts.Matched, counts.Ambiguous));
    }

    [Fact]
    public void Diff_SeveralFiles_NamesTheRowsFile()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()]));
        using RecordBatch batch = Diffing.Batch(plan, s_row);
        batch.Range = batch.Range with { File = 1 };
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), Array.Empty<int>()));

        Assert.Equal("b.csv", Run(plan, batch, "a.csv", "b.csv").Single().Text("source_file"));
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

        DecodedTuple tuple = Run(plan, batch).Single();

        Assert.Equal("1 054,50", DecodedTuple.TextOf(tuple.Own(0)));
        Assert.Equal("1054.5", DecodedTuple.Numeric(tuple.Own(1))!.TrimEnd('0'));
        Assert.Null(tuple.Own(2));
        Assert.Equal("1000", DecodedTuple.Numeric(tuple.Own(3)));
        Assert.Equal("42", DecodedTuple.TextOf(tuple.Own(4)));
        Assert.Equal(4_000_000_000, BinaryPrimitives.ReadInt64BigEndian(tuple.Own(5)));
        Assert.Equal(
            Microseconds(new DateTimeOffset(2024, 7, 1, 10, 0, 0, TimeSpan.Zero)),
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
        => Assert.Equal(expected, DecodedTuple.Numeric(StageHubspot(hubspot, StagedType.Numeric)));

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
            isTime ? Microseconds(new DateTimeOffset(2024, 7, 1, 7, 30, 0, TimeSpan.Zero)) : null,
            StageHubspot(hubspot, StagedType.Timestamptz) is { } field ? BinaryPrimitives.ReadInt64BigEndian(field) : (long?)null);

    private static byte[]? StageHubspot(string hubspot, StagedType type)
    {
        StagedColumnDefinition[] staged = [new() { Name = "hubspot_name", Hubspot = "name", Type = type }];
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()], staged));
        using RecordBatch batch = Diffing.Batch(plan, s_row);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["name"] = hubspot })), [0]));
        return Run(plan, batch).Single().Own(0);
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
        DecodedTuple tuple = Run(plan, batch).Single();

        Assert.Null(tuple.Own(0));
        Assert.Null(tuple.Own(1));
        Assert.Equal("{}", tuple.Updates);
    }

    [Fact]
    public void Restore_WhatWasStaged_IsTheRow()
    {
        // One column in two spellings: file headers and definitions do that, and it is one column.
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline(
        [
            Diffing.Property("direction", "Action") with { When = new ConditionDefinition { Column = "comm_type", EqualTo = "call" } },
            Diffing.Property("type", "Comm_Type"),
        ]));
        using RecordBatch batch = Diffing.Batch(
            plan, new Dictionary<string, string> { ["Id"] = "1", ["Action"] = "é\"", ["comm_type"] = "call" });
        using MirrorRows rows = Diffing.Mirror(plan);
        batch.Answers.Add(Diffing.Answer(rows, Array.Empty<int>()));
        string staged = Run(plan, batch).Single().LegacyProperties;

        byte[][] restored = new RepeatComparer(plan).Restore(staged);

        // The id is what repeated rows have in common: it is not among the properties.
        Assert.Equal(
            plan.Columns.Source.Names.Select((name, column) => name == "Id" ? [] : batch.Field(0, column).ToArray()), restored);
    }

    [Fact]
    public void Diff_RowThatMayRepeat_GoesToTheRepeatsWithAllFields()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()]));
        using RecordBatch batch = Diffing.Batch(plan, s_row, s_row);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan), [], []));

        Differ(plan).Diff(batch, repeats: new RepeatFilter(100));

        StagedTuples staged = Assert.IsType<StagedTuples>(batch.Staged);
        Assert.Equal((1, 0, 1), (staged.Lot(isUsual: false, hasChanges: false).Count, staged.Lot(isUsual: false, hasChanges: true).Count, staged.Repeats.Count));
        Assert.Equal(1, staged.Repeats.SourceRow(0));
        Assert.Equal(2 + CommonColumns.Written.Count - CommonColumns.Late.Count - 1, DecodedTuple.Read(staged.Repeats, 0).Single().Fields.Count);
    }

    [Theory]
    [InlineData("Dupont", true)]
    [InlineData("Du\u001fpont", false)]
    public void Diff_FoundByLegacyId_IsWithoutWhatMostRowsHave(string name, bool isUsual)
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property()]));
        using RecordBatch batch = Diffing.Batch(plan, new Dictionary<string, string> { ["Id"] = "L1", ["Name"] = name });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["name"] = name })), [0]));
        var stamp = new RunStamp([], Names: 3);

        new RecordDiffer(plan, () => new TupleEncoder(plan, stamp)).Diff(batch);

        StagedTuples staged = Assert.IsType<StagedTuples>(batch.Staged);
        DecodedTuple tuple = DecodedTuple.Read(staged.Lot(isUsual, hasChanges: false), 0).Single();
        var layout = new TupleLayout(new RowLayout(plan.Definition.Stage, IsPacked: true), namesFile: false);
        Assert.Equal(layout.Columns(isUsual, hasChanges: false).Count, tuple.Fields.Count);
        Assert.Equal(isUsual ? name : """{"Name":"Du\u001Fpont"}""", DecodedTuple.TextOf(tuple.Fields[2]));
        if (!isUsual)
        {
            // The raw values are JSON, which no list of names belongs to.
            Assert.Null(tuple.Fields[3]);
        }
    }

    // As PostgreSQL counts.
    private static long Microseconds(DateTimeOffset instant)
        => (instant - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).Ticks / TimeSpan.TicksPerMicrosecond;

    private static RecordDiffer Differ(ReconciliationPlan plan, params string[] files)
    {
        var stamp = new RunStamp(files, Names: null);
        return new RecordDiffer(plan, () => new TupleEncoder(plan, stamp));
    }

    private static List<DecodedTuple> Run(ReconciliationPlan plan, RecordBatch batch, params string[] files)
    {
        Differ(plan, files).Diff(batch);
        StagedTuples staged = Assert.IsType<StagedTuples>(batch.Staged);
        List<DecodedTuple> tuples = DecodedTuple.Read(staged, plan.Definition.Stage.Columns.Count, files.Length > 1);
        Assert.Equal(batch.Counts.Staged, tuples.Count + staged.Repeats.Count);
        return tuples;
    }

    private static (DecodedTuple Tuple, BatchCounts Counts) Stage(
        Dictionary<string, string> row, (long, IReadOnlyDictionary<string, string>)[] mirror, int[] candidates)
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property(), Diffing.Property("city", "City")]));
        using RecordBatch batch = Diffing.Batch(plan, row);
        using MirrorRows rows = Diffing.Mirror(plan, mirror);
        batch.Answers.Add(Diffing.Answer(rows, candidates));
        return (Run(plan, batch).Single(), batch.Counts);
    }
}
