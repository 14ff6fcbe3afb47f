using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>Values that are read, but otherwise than they were meant: HubSpot's values show how.</summary>
public sealed class MisreadTests(PostgresServer server)
{
    private const string Days = "date '2024-01-01' + (i % 12) * interval '1 month' + (i % 11) * interval '1 day'";

    // Of 40 numbers 20 are HubSpot's, 10 are others, and HubSpot has nothing for 10. In the United States none of them exists; in Germany
    // they do.
    [Theory]
    [InlineData("FR", 20, null)]
    [InlineData("US", 10, "phone: 40 of 40 numbers of Phone are not valid in the region with which they were read, US (\"region\" of its conversion), and most are not HubSpot's (30 are not staged for that)")]
    [InlineData("DE", 40, "phone: 20 of 40 numbers of Phone that are not HubSpot's differ by the country code only. They have it from the region with which they were read, DE (\"region\" of its conversion)")]
    public async Task Run_NumbersOfAnotherRegion_AreToldAndReplaceNoneThatExists(string region, int changes, string? told)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, phone text);
            insert into hubspot.things select i, i::text, case when i <= 20 then '+3361234' || lpad(i::text, 4, '0') when i <= 30 then '+33512340000' end
                from generate_series(1, 40) i;
            """);
        world.Gates = new() { ["maxRejectedValues"] = "100%" };
        string file = "Id,Phone\n" + string.Concat(Enumerable.Range(1, 40).Select(id => $"{id},061234{id:0000}\n"));

        PipelineResult result = await world.RunAsync(file, $$"""
            {{ThingBlocks.Match()}},
            { "kind": "diff", "properties": [{ "property": "phone", "column": "Phone", "convert": [{ "kind": "phone", "region": "{{region}}" }] }] }
            """);

        string[] warnings = [.. result.Told().Warnings.Where(warning => warning.StartsWith("phone: ", StringComparison.Ordinal))];
        Assert.Equal(changes, result.Counts.PropertyChanges["phone"]);
        Assert.Equal(region == "US" ? 30 : 0, result.Counts.RejectedValues.Where(value => value.Key.Reason == "number-invalid").Sum(value => value.Value));
        Assert.Equal(told is null ? 0 : 1, warnings.Length);
        Assert.All(warnings, warning => Assert.StartsWith(told!, warning, StringComparison.Ordinal));
        Assert.All(warnings, warning => Assert.Contains("\"convert\": [{ \"kind\": \"phone\", \"region\": \"FR\" }] reads", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NumbersThatDoNotExistButAreHubspots_AreEqual()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, phone text);
            insert into hubspot.things values (1, '1', '00 00 00 00 00'), (2, '2', '+33000000000'), (3, '3', 'standard'), (4, '4', null);
            """);

        PipelineResult result = await world.RunAsync("Id,Phone\n1,0000000000\n2,00.00.00.00.00\n3,0000000000\n4,0000000000\n", $$"""
            {{ThingBlocks.Match()}}, { "kind": "diff", "properties": [{ "property": "phone", "column": "Phone", "convert": [{ "kind": "phone", "region": "FR" }] }] }
            """);

        Assert.Equal("4 {\"phone\": \"+33000000000\"}", string.Join('\n', (await world.UpdatesAsync()).Split('\n').Where(line => line.Contains("phone", StringComparison.Ordinal))));
        Assert.Equal(4, result.Counts.Matched);
    }

    // HubSpot has nothing for 20 of 60.
    [Theory]
    [InlineData("America/New_York", "UTC", "{ \"kind\": \"datetime\", \"zone\": \"America/New_York\" }")]
    [InlineData("Europe/Paris", "Europe/London", "{ \"kind\": \"datetime\", \"zone\": \"Europe/Paris\" }")]
    [InlineData("Europe/Paris", "Europe/Paris", null)]
    public async Task Run_TimesOfAnotherZone_AreToldWithTheZone(string meant, string declared, string? told)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy text, seen timestamptz);
            insert into hubspot.things select i, i::text, case when i > 20 then ({Days} + time '10:20') at time zone '{meant}' end from generate_series(1, 60) i;
            """);

        await AssertToldAsync(
            world,
            "Id,Seen\n" + string.Concat(Enumerable.Range(1, 60).Select(id => $"{id},2024-{(id % 12) + 1:00}-{(id % 11) + 1:00} 10:20:00\n")),
            $$"""{ "kind": "datetime", "zone": "{{declared}}" }""",
            told is null ? null : $"seen: 40 of 40 differing times of Seen are HubSpot's, as much earlier or later as time zones are apart. The time zone of Seen, {declared}, looks wrong",
            told);
    }

    // No day is above 12, so that nothing is rejected.
    [Theory]
    [InlineData("datetime", "timestamptz", "MM/dd/yyyy", "{ \"kind\": \"datetime\", \"formats\": [\"dd/MM/yyyy\"] }")]
    [InlineData("date", "date", "MM/dd/yyyy", "{ \"kind\": \"date\", \"formats\": [\"dd/MM/yyyy\"] }")]
    [InlineData("date", "date", "dd/MM/yyyy", null)]
    public async Task Run_DaysReadAsMonths_AreToldWithTheFormat(string kind, string type, string format, string? told)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy text, seen {type});
            insert into hubspot.things select i, i::text, case when i > 20 then ({Days}){(type == "date" ? "" : " at time zone 'Europe/Paris'")} end from generate_series(1, 60) i;
            """);

        await AssertToldAsync(
            world,
            "Id,Seen\n" + string.Concat(Enumerable.Range(1, 60).Select(id => $"{id},{(id % 11) + 1:00}/{(id % 12) + 1:00}/2024\n")),
            $$"""{ "kind": "{{kind}}", "formats": ["{{format}}"] }""",
            told is null ? null : "differing dates of Seen are HubSpot's with day and month exchanged",
            told);
    }

    [Fact]
    public async Task Run_ValuesOfTheMirrorThatCannotBeRead_AreToldWithWhatReadsThem()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, seen text);
            insert into hubspot.things select i, i::text, '1' || i || '/04/2024' from generate_series(1, 9) i;
            """);

        PipelineResult result = await world.RunAsync(
            "Id,Seen\n" + string.Concat(Enumerable.Range(1, 9).Select(id => $"{id},2024-05-0{id}\n")),
            $$"""{{ThingBlocks.Match()}}, { "kind": "diff", "properties": [{ "property": "seen", "column": "Seen", "convert": ["date"] }] }""");

        Assert.Equal(
            "seen: 9 of HubSpot's values cannot be read as \"date\", such as '11/04/2024', '12/04/2024', '13/04/2024': their differences are withheld as "
            + "\"unreadable\". Declare how they are written: \"mirror\": { \"convert\": [{ \"kind\": \"date\", \"formats\": [\"dd/MM/yyyy[ HH:mm[:ss]]\"] }] }.",
            Assert.Single(result.Told().Warnings));
        Assert.DoesNotContain("11/04/2024", string.Concat(result.Findings.WithoutValues), StringComparison.Ordinal);
    }

    private static async Task AssertToldAsync(DefinedWorld world, string file, string convert, string? finding, string? told)
    {
        PipelineResult result = await world.RunAsync(file, $$"""
            {{ThingBlocks.Match()}}, { "kind": "diff", "properties": [{ "property": "seen", "column": "Seen", "convert": [{{convert}}] }] }
            """);

        string[] warnings = [.. result.Told().Warnings.Where(warning => warning.StartsWith("seen: ", StringComparison.Ordinal))];
        Assert.Equal(told is null ? 0 : 1, warnings.Length);
        Assert.All(warnings, warning => Assert.Contains(finding!, warning, StringComparison.Ordinal));
        Assert.All(warnings, warning => Assert.EndsWith($"\"convert\": [{told}] reads all 40 samples as HubSpot has them.", warning, StringComparison.Ordinal));
        Assert.Empty(result.Counts.RejectedValues);
    }
}
