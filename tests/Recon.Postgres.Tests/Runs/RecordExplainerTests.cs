using Recon.Dataflow.Diff;
using Recon.Dataflow.Explain;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class RecordExplainerTests(PostgresServer server)
{
    private const string Csv = """, "idType": "number", "exclude": [{ "name": "deleted", "column": "Gone", "equals": "1" }] """;

    private const string Blocks = """
        { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
        { "kind": "lookup", "role": "fallback", "name": "by-name", "confidence": 60,
          "on": [{ "column": "Name", "property": "name", "ignoreCase": true }] },
        { "kind": "lookup", "role": "parent", "name": "owner", "table": "hubspot.owners", "key": "legacy", "from": "Owner", "fromType": "number" },
        { "kind": "diff", "properties": [
          { "property": "name", "column": "Name", "convert": ["trim", "title"] },
          { "property": "amount", "column": "Amount", "convert": ["number"] },
          { "property": "city", "column": "City", "policy": "fill-blank" }] }
        """;

    private const string File = """
        Id,Name,Amount,City,Owner,Gone,Unused
         1.0,UNO,17.00,Pau,5,,kept
        2,DUE,x,,x5,,
        3,TRE,1,Pau,,,
        3,TRE,1.0,Pau,6,,
        4,QUATTRO,1,,,,
        4,QUATTRO,2,,,,
        5,CINQUE,1,,,1,
        1.2E+05,SEI,1,,,,
        7,SETTE,1
        8,"OT"TO,1,,,,
        1,UNO,17,,,1,

        """;

    [Fact]
    public async Task Explain_MatchedRecord_TellsEveryStep()
    {
        await using DefinedWorld world = await CreateAsync();

        RecordExplanation explanation = await world.ExplainAsync("1.0", File, Blocks, Csv);

        Assert.Equal("1", explanation.LegacyId);
        Assert.Equal(["matched", "filtered"], explanation.Records.Select(record => record.Outcome));
        RecordStory story = explanation.Records[0];
        Assert.Equal((2, 38L, "things0.csv"), (story.Line, story.ByteOffset, story.File));
        Assert.Contains(new StoryCell("Id", " 1.0"), story.Cells);
        Assert.Contains(new StoryCell("Unused", "kept"), story.Cells);
        Assert.Equal((101L, "legacy-id", 100.0), (story.HubspotId!.Value, story.Rule, story.Confidence));
        Assert.Equal(["legacy-id", "by-name", "owner"], story.Lookups.Select(lookup => lookup.Name));
        Assert.Equal([new StoryCell("legacy", "1")], story.Lookups[0].Keys);
        Assert.Equal([101L], story.Lookups[0].Candidates);
        Assert.True(story.Lookups[0].Decided);
        Assert.Equal("legacy-id found something before", story.Lookups[1].NotAsked);
        Assert.Equal([new StoryCell("legacy", "5")], story.Lookups[2].Keys);
        Assert.Equal([905L], story.Lookups[2].Candidates);
        PropertyStory name = story.Properties[0];
        Assert.Equal(("UNO", "Uno", "One", VerdictKind.Change, "overwrite"), (name.Raw, name.Converted, name.Hubspot, name.Verdict, name.Rule));
        Assert.Equal(["trim UNO", "title Uno"], name.Steps.Select(step => $"{step.Kind} {step.Result}"));
        Assert.Equal((VerdictKind.Same, "number"), (story.Properties[1].Verdict, story.Properties[1].Rule));
        Assert.Equal((VerdictKind.KeptBack, "fill-blank"), (story.Properties[2].Verdict, story.Properties[2].Rule));
        Assert.Equal("deleted", explanation.Records[1].Reason);
    }

    [Fact]
    public async Task Explain_FallbackMatch_TellsKeysAndWhyValuesAndParentsFailed()
    {
        await using DefinedWorld world = await CreateAsync();

        RecordStory story = Assert.Single((await world.ExplainAsync("2", File, Blocks, Csv)).Records);

        Assert.Equal((102L, "by-name", 60.0), (story.HubspotId!.Value, story.Rule, story.Confidence));
        Assert.Equal([new StoryCell("name", "due")], story.Lookups[1].Keys);
        Assert.Empty(story.Lookups[0].Candidates);
        Assert.StartsWith("Owner is not a legacy id", story.Lookups[2].NotAsked, StringComparison.Ordinal);
        Assert.Equal(VerdictKind.ValueRejected, story.Properties[1].Verdict);
        Assert.Equal("not-a-number", Assert.Single(story.Properties[1].Steps).Failure);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("4")]
    public async Task Explain_Repeats_SayWhatTheRunStages(string id)
    {
        await using DefinedWorld world = await CreateAsync();
        await world.RunAsync(File, Blocks, Csv);

        RecordExplanation explanation = await world.ExplainAsync(id, File, Blocks, Csv);

        Assert.Equal(2, explanation.Records.Count);
        RecordStory staged = explanation.Records.Single(record => record.Rows == 2);
        Assert.Equal("folded", explanation.Records.Single(record => record.Rows == 0).Outcome);
        Assert.Equal(
            await world.Database.QueryValueAsync<string>(
                $"select reconciliation_status || coalesce(notes, '') || source_line from staging.things where legacy_id = '{id}'"),
            staged.Outcome + staged.Notes + staged.Line);
    }

    [Theory]
    [InlineData("1.2E+05", 9, "id-malformed")]
    [InlineData("7", 10, "field-count")]
    [InlineData("8", 11, "text-after-quote")]
    public async Task Explain_RejectedRecord_IsFoundByItsRawId(string id, long line, string reason)
    {
        await using DefinedWorld world = await CreateAsync();

        RecordStory story = Assert.Single((await world.ExplainAsync(id, File, Blocks, Csv)).Records);

        Assert.Equal((line, "rejected", reason), (story.Line, story.Outcome, story.Reason));
        Assert.NotEmpty(story.Cells);
        Assert.NotNull(story.Message);
    }

    [Fact]
    public async Task Explain_UnknownId_HasNoStory()
    {
        await using DefinedWorld world = await CreateAsync();

        Assert.Empty((await world.ExplainAsync("99", File, Blocks, Csv)).Records);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(9, false)]
    public async Task Run_DatesDestroyedByASpreadsheet_LeaveTheColumnOut(int destroyed, bool isLeftOut)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, day date);
            insert into hubspot.things select i, i::text, '2020-01-01' from generate_series(1, 200) i;
            """);
        string file = "Id,Day\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $"{i},{(i <= destroyed ? "27:31.0" : "2024-01-01")}\n"));

        PipelineResult result = await world.RunAsync(file, """
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
            { "kind": "diff", "properties": [{ "property": "day", "column": "Day", "convert": ["date"] }] }
            """, columns: """{ "name": "day", "converted": "day" }""");

        Assert.Equal(isLeftOut ? 0 : 191, result.Counts.WithChanges);
        Assert.Equal(isLeftOut, result.Warnings.Any(warning => warning.Contains("10 of the first 200 values of Day", StringComparison.Ordinal)));
        Assert.Equal(200, result.Counts.Matched);
    }

    [Fact]
    public async Task Run_DamagedText_IsWarnedOfAtTheEnd()
    {
        await using DefinedWorld world = await CreateAsync();

        PipelineResult result = await world.RunAsync(
            "Id,Name,Amount,City,Owner,Gone\n1,Ã©tÃ©,1,Pau\uFFFD,,\n2,Å“uvre,1,,,\n", Blocks, Csv);

        Assert.Contains(result.Warnings, warning => warning.StartsWith("2 values of Name look like UTF-8", StringComparison.Ordinal));
        Assert.Contains(result.Warnings, warning => warning.StartsWith("1 value of City holds U+FFFD", StringComparison.Ordinal));
    }

    private Task<DefinedWorld> CreateAsync() => DefinedWorld.CreateAsync(server, """
        create table hubspot.things (hs_object_id bigint, legacy text, name text, amount numeric, city text);
        create table hubspot.owners (hs_object_id bigint, legacy text);
        insert into hubspot.owners values (905, '5'), (906, '6');
        insert into hubspot.things values (101, '1', 'One', 17, 'Lyon'), (102, null, 'Due', 1, null), (103, '3', 'Three', 1, null),
            (104, '4', 'Four', 1, null);
        """);
}
