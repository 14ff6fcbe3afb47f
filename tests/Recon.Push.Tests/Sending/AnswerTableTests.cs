using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Tests.Support;
using Recon.Testing;

namespace Recon.Push.Tests.Sending;

/// <summary>What HubSpot may answer, in both versions, and what becomes of each record.</summary>
public sealed class AnswerTableTests(PostgresServer server)
{
    private const int Records = 30;
    private const string Ids = "1000004+1000005";

    public static TheoryData<string, string, int, string> Shapes()
    {
        (string Trap, int Written, string Others)[] shapes =
        [
            ("", 30, ""),
            ($"errors-in-200=2,ids={Ids}", 28, "refused L4, refused L5"),
            ($"errors-in-207=2,ids={Ids}", 28, "refused L4, refused L5"),
            ("left-out=3,times=1", 30, ""),
            ($"left-out=2,ids={Ids}", 28, "refused L4, refused L5"),
            ("empty-results,times=1", 30, ""),
            ("not-complete,times=1", 30, ""),
            ("late-commit,times=1", 30, ""),
            ($"refuse-batch=phone,ids={Ids}", 28, "refused L4, refused L5"),
            ($"unique-taken=phone,ids={Ids}", 28, "refused L4, refused L5"),
            ($"unknown-option=name,ids={Ids}", 28, "refused L4, refused L5"),
            ("merge=1000009,ids=1000004", 29, "merged L4"),
            ("archive,ids=1000004", 29, "missing L4"),
            ("cut-after,on=update", 30, ""),
            ("cut-within,on=update", 30, ""),
            ("server-error-after,on=update", 30, ""),
            ("rewrite=trim", 30, ""),
        ];
        var data = new TheoryData<string, string, int, string>();
        foreach ((string trap, int written, string others) in shapes)
        {
            data.Add("2026-09", trap, written, others);
            data.Add("v3", trap, written, others);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Push_WithAnswer_JudgesEachRecord(string version, string trap, int written, string others)
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server, [.. Enumerable.Range(1, Records).Select(PushWorld.Item)], version: version, traps: trap.Length == 0 ? [] : [trap]);

        PushReport report = await world.PushAsync();

        Assert.Null(report.Stop);
        IReadOnlyList<PushItem> items = await world.ItemsAsync();
        Assert.Equal(others, string.Join(", ", items.Where(item => item.State != PushState.Written).Select(item => $"{PushStates.TextOf(item.State)} {item.Planned.LegacyId}")));
        Assert.Equal((Records, written), (report.Planned, report.Of(PushState.Written)));
        foreach (PushItem item in items)
        {
            int id = int.Parse(item.Planned.LegacyId[1..], System.Globalization.CultureInfo.InvariantCulture);
            string? expected = item.State switch
            {
                PushState.Written => $"New {id}",
                PushState.Merged or PushState.Missing => null,
                _ => $"Old {id}",
            };
            Assert.Equal(expected, world.Value(id, "name"));
        }
    }

    [Fact]
    public async Task Push_OfRefusedRecord_KeepsWhatHubspotSaid()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 5, "unknown-option=name,ids=1000004");

        await world.PushAsync();

        string? told = await world.Database.QueryValueAsync<string>(
            "select concat_ws(' ', category, property, http_status, correlation_id is not null, message <> '') from staging.push_item where state = 'refused'");
        Assert.Equal("VALIDATION_ERROR name 200 t t", told);
    }

    [Fact]
    public async Task Push_OfRecordThatLacksAConditionallyRequiredProperty_IsRefusedAlone()
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server, 5, "required-if=name:New 2:vat_number");

        PushReport report = await world.PushAsync();

        Assert.Equal((4, 1), (report.Of(PushState.Written), report.Of(PushState.Refused)));
    }

    [Fact]
    public async Task Push_OfRewrittenValues_KeepsWhatHubspotHolds()
    {
        await using PushWorld world = await PushWorld.CreateAsync(
            server,
            [PushWorld.Item(1) with { Properties = new Dictionary<string, string> { ["phone"] = "+33 1 42 68 53 00" }, Before = new Dictionary<string, string?> { ["phone"] = null } }],
            traps: ["rewrite=phone"]);

        PushReport report = await world.PushAsync(canary: 1);

        Assert.Null(report.Stop);
        PushItem item = Assert.Single(await world.ItemsAsync());
        Assert.Equal(("+33 1 42 68 53 00", "+33142685300"), (item.Sent!["phone"], item.Written!["phone"]));
        Assert.Equal(1, (await world.UndoAsync()).Of(PushState.Restored));
        Assert.Null(world.Value(1, "phone"));
    }
}
