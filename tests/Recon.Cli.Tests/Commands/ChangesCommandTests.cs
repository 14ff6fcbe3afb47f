using System.Text.Json;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Postgres.Queries;

namespace Recon.Cli.Tests.Commands;

public sealed class ChangesCommandTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    [Theory]
    [InlineData("companies", "legacy_company_id")]
    [InlineData("contacts", "legacy_contact_id")]
    [InlineData("deals", "legacy_deal_id")]
    [InlineData("communications", "legacy_communication_id")]
    public async Task Changes_OfSample_AddUpToTheRunsOwnCounts(string pipeline, string id)
    {
        JsonElement changes = await JsonAsync(pipeline, "--top", "1000000");
        JsonElement stats = JsonDocument.Parse((await sample.Database.ReconAsync("stats", pipeline, "--json")).Out).RootElement;

        Assert.Equal(
            PropertyChanges(stats),
            changes.GetProperty("properties").EnumerateArray().ToDictionary(each => each.GetProperty("property").GetString()!, each => each.GetProperty("changes").GetInt64()));
        Assert.All(changes.GetProperty("properties").EnumerateArray(), property =>
        {
            JsonElement[] pairs = [.. property.GetProperty("transitions").EnumerateArray()];
            long Of(Func<JsonElement, bool> isOne) => pairs.Where(isOne).Sum(pair => pair.GetProperty("count").GetInt64());
            static bool IsNothing(JsonElement value) => value.ValueKind == JsonValueKind.Null;
            Assert.Equal(0, property.GetProperty("others").GetInt64());
            Assert.Equal(property.GetProperty("fills").GetInt64(), Of(pair => IsNothing(pair.GetProperty("from"))));
            Assert.Equal(property.GetProperty("clears").GetInt64(), Of(pair => IsNothing(pair.GetProperty("to"))));
            Assert.Equal(
                property.GetProperty("overwrites").GetInt64(),
                Of(pair => !IsNothing(pair.GetProperty("from")) && !IsNothing(pair.GetProperty("to"))));
        });

        JsonElement first = changes.GetProperty("properties")[0];
        JsonElement pair = first.GetProperty("transitions")[0];
        Assert.Equal(
            pair.GetProperty("to").GetString(),
            await sample.Database.QueryValueAsync<string>(
                $"select properties_to_update ->> '{first.GetProperty("property")}' from staging.{pipeline}_reconciliation where {id} = '{pair.GetProperty("legacy_ids")[0]}'"));
    }

    [Fact]
    public async Task Changes_Top_CountsWhatIsNotTold()
    {
        JsonElement property = (await JsonAsync("communications", "--property", "hs_timestamp", "--top", "2")).GetProperty("properties")[0];

        Assert.Equal(2, property.GetProperty("transitions").GetArrayLength());
        Assert.Equal(
            property.GetProperty("changes").GetInt64(),
            property.GetProperty("others").GetInt64()
                + property.GetProperty("transitions").EnumerateArray().Sum(pair => pair.GetProperty("count").GetInt64()));
    }

    [Fact]
    public async Task Changes_Masked_ShowNoValue()
    {
        CliRun plain = await sample.Database.ReconAsync("changes", "communications", "--property", "hs_engagement_status");
        CliRun masked = await sample.Database.ReconAsync("changes", "communications", "--property", "hs_engagement_status", "--mask");

        Assert.Contains("Canceled", plain.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Canceled", masked.Out, StringComparison.Ordinal);
        Assert.Contains("xxxxxxxx", masked.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("It has: hs_", "communications", "--property", "nope")]
    [InlineData("Did you mean 'hs_timestamp'?", "communications", "--property", "hs_timestmp")]
    [InlineData("at least 0", "communications", "--top", "-1")]
    public async Task Changes_WrongArgument_ExitsWith2(string message, params string[] args)
    {
        CliRun run = await sample.Database.ReconAsync(["changes", .. args]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_LongTextsThatBeginAlike_ShowsWhereTheyDiffer()
    {
        const string Start = "The same beginning of two notes of a visit, ";
        var changes = new StagedChanges(
            "things", 20, 10, [new PropertyChanges("note", 10, 2, 1) { Transitions = [new Transition(Start + "old end", Start + "new", 7, ["12", "14"])] }]);

        Assert.Equal(
            """
            things: 10 of 20 matched records would change in HubSpot

            property  changes  of matched  fills  overwrites  clears
            note           10      50.0 %      2           7       1

            note
              count  HubSpot has     becomes     for example
                  7  …isit, old end  …isit, new  12, 14
                  3  (other values)

            """.ReplaceLineEndings("\n"),
            ChangesText.Draw(changes, mask: false, null));
    }

    private async Task<JsonElement> JsonAsync(params string[] args)
    {
        CliRun run = await sample.Database.ReconAsync(["changes", .. args, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonDocument.Parse(run.Out).RootElement;
    }

    private static Dictionary<string, long> PropertyChanges(JsonElement stats)
        => (stats.TryGetProperty("pipelines", out JsonElement pipelines) ? pipelines[0] : stats)
            .GetProperty("property_changes").EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetInt64());
}
