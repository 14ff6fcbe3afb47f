using System.Text;
using Recon.Dataflow.Tests.Extract.Cuts;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class CutTextRunTests(PostgresServer server)
{
    private const int Rows = 240;

    private static readonly string s_blocks = $$"""
        {{ThingBlocks.Match("\"parallelism\": 1")}},
        { "kind": "diff", "parallelism": 1, "properties": [{ "property": "note", "column": "Note" }] }
        """;

    [Fact]
    public async Task Run_TextsCutAtALength_WithholdsThemAndNamesColumnAndLength()
    {
        await using DefinedWorld world = await WorldAsync();

        PipelineResult result = await world.RunAsync(File(), s_blocks);

        Assert.Equal(Rows / 2, result.Counts.KeptBack["note/truncated"]);
        Assert.Contains(result.Warnings, warning => warning.Contains("of Note look cut at 300 characters", StringComparison.Ordinal)
            && warning.EndsWith("Export whole texts.", StringComparison.Ordinal));
    }

    // The length is found in the file before the first batch, so that every attempt finds it.
    [Fact]
    public async Task Resume_TextsCutAtALength_WithholdsThoseOfTheRestToo()
    {
        await using DefinedWorld world = await WorldAsync();
        world.BatchRows = 20;
        PipelineResult undisturbed = await world.RunAsync(File(), s_blocks);
        await world.StopHalfwayAsync(File(), s_blocks);

        PipelineResult result = await world.ResumeAsync(s_blocks);

        Assert.Equal(Rows / 2, result.Counts.KeptBack["note/truncated"]);
        Assert.Equal(undisturbed.Counts.Damage["cut/Note"], result.Counts.Damage["cut/Note"]);
        Assert.Equal("0", await world.LinesAsync("select count(*)::text from staging.things where properties_to_update <> '{}'"));
        Assert.Contains(result.Warnings, warning => warning.Contains("of Note look cut at 300 characters", StringComparison.Ordinal));
    }

    // Every other text is longer than 300 characters.
    private static IEnumerable<string> Texts()
    {
        var made = new MadeTexts(14);
        return Enumerable.Range(0, Rows).Select(row => made.Prose(row % 2 == 0 ? 500 : 20 + row)
            .Replace("😀", "ab", StringComparison.Ordinal).ReplaceLineEndings(" "));
    }

    private static string File()
        => "Id,Note\n" + string.Concat(Texts().Select((text, row) => $"{row},\"{(text.Length > 300 ? text[..300] : text)}\"\n"));

    private async Task<DefinedWorld> WorldAsync()
    {
        StringBuilder mirror = new("create table hubspot.things (hs_object_id bigint, legacy text, note text);");
        int row = 0;
        foreach (string text in Texts())
        {
            mirror.Append(null, $"insert into hubspot.things values ({row}, '{row++}', '{text}');");
        }

        return await DefinedWorld.CreateAsync(server, mirror.ToString());
    }
}
