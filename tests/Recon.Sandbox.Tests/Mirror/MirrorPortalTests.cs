using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Sandbox.Mirror;
using Recon.Sandbox.Portal;
using Recon.Testing;

namespace Recon.Sandbox.Tests.Mirror;

/// <summary>A portal made of the mirror tables of a definition, on a real server.</summary>
public sealed class MirrorPortalTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const string Tables = """
        create schema hubspot;
        create table hubspot.companies (hs_object_id bigint, icalps_company_id text, name text, domain text, phone text, type text, numberofemployees numeric,
            hs_merged_object_ids text, hs_lastmodifieddate timestamptz, createdate timestamptz, archived boolean not null default false);
        insert into hubspot.companies values
            (1, '10', 'Verrerie', 'verrerie.example', '+33142685300', 'PARTNER', 17, null, '2026-01-02T03:04:05.678+01', '2020-01-01T00:00:00Z', false),
            (2, '11', null, null, null, null, 12.5, '7;8', '2026-01-02Z', '2020-01-01Z', false),
            (3, '12', 'Old', null, null, null, null, null, '2026-01-02Z', '2020-01-01Z', true),
            (1, '13', 'Twice', null, null, null, null, null, '2026-01-02Z', '2020-01-01Z', false);
        create table hubspot.contacts (hs_object_id bigint, icalps_contact_id text, email text, firstname text);
        insert into hubspot.contacts values (5, '1', 'anne@example.com', 'Anne'), (6, '2', 'luc@example.com', 'Luc');
        create table hubspot.deals (hs_object_id bigint, icalps_deal_id text, dealname text, closedate text, amount text);
        insert into hubspot.deals values (8, '1', 'Vitrine', '1711843200000', '1054.00');
        create table hubspot.engagements (hs_object_id bigint, icalps_communication_id text, hs_engagement_subject text, hs_note_body text, hs_engagement_type text,
            hs_engagement_status text, hs_timestamp timestamptz, hs_call_direction text);
        insert into hubspot.engagements values
            (20, '1', 'A call', 'Body', 'CALL', 'Complete', '2026-01-02T03:04:05Z', 'INBOUND'),
            (21, '2', 'A meeting', 'Body', 'MEETING', 'Pending', null, 'INBOUND'),
            (22, '3', 'A note', 'Body', 'NOTE', null, null, null),
            (23, '4', 'Nothing', null, null, null, null, null);
        """;

    [Fact]
    public async Task Portal_OfTheShippedDefinition_ServesWhatTheMirrorHolds()
    {
        MirrorPortal loaded = await LoadAsync(Tables, null);

        var records = loaded.Portal.Snapshot();
        Assert.Equal(["calls/20", "companies/1", "companies/2", "contacts/5", "contacts/6", "deals/8", "meetings/21", "notes/22"], records.Keys);
        Assert.Equal(2, loaded.LeftOut);
        Assert.Equal("17", records["companies/1"]["numberofemployees"]);
        Assert.Equal("7;8", records["companies/2"]["hs_merged_object_ids"]);
        Assert.Equal("2024-03-31", records["deals/8"]["closedate"]);
        Assert.Equal("1054.00", records["deals/8"]["amount"]);
        ObjectStore companies = loaded.Portal.Find("companies")!;
        Assert.Equal("2026-01-02T02:04:05.678Z", companies.Value(companies.Find("1")!, "hs_lastmodifieddate"));
        Assert.True(companies.Find("3")!.IsArchived);
        Assert.Equal("2", companies.Find("7")!.MergedInto);
    }

    [Fact]
    public async Task Portal_OfCommunications_GivesEachTypeItsNamesAndValues()
    {
        MirrorPortal loaded = await LoadAsync(Tables, null);

        var records = loaded.Portal.Snapshot();
        Assert.Equal(
            "hs_call_body=Body hs_call_direction=INBOUND hs_call_status=COMPLETED hs_call_title=A call hs_object_id=20 hs_timestamp=2026-01-02T03:04:05.000Z icalps_communication_id=1",
            string.Join(' ', records["calls/20"].Select(value => $"{value.Key}={value.Value}")));
        Assert.Equal(
            "hs_meeting_body=Body hs_meeting_outcome=SCHEDULED hs_meeting_title=A meeting hs_object_id=21 icalps_communication_id=2",
            string.Join(' ', records["meetings/21"].Select(value => $"{value.Key}={value.Value}")));
        Assert.Null(loaded.Portal.Find("calls")!.Property("hs_engagement_status"));
        Assert.Null(loaded.Portal.Find("meetings")!.Property("hs_call_direction"));
    }

    [Theory]
    [InlineData("companies", "numberofemployees", "number number")]
    [InlineData("companies", "name", "string text")]
    [InlineData("companies", "phone", "string phonenumber")]
    [InlineData("companies", "type", "enumeration select")]
    [InlineData("companies", "hs_lastmodifieddate", "datetime date")]
    [InlineData("deals", "closedate", "date date")]
    [InlineData("deals", "amount", "number number")]
    [InlineData("calls", "hs_timestamp", "datetime date")]
    [InlineData("calls", "hs_call_body", "string textarea")]
    [InlineData("calls", "hs_call_status", "enumeration select")]
    public async Task Property_OfAColumn_IsOfTheKindThatTheDefinitionCompares(string type, string name, string kind)
    {
        SandboxProperty property = (await LoadAsync(Tables, null)).Portal.Find(type)!.Property(name)!;

        Assert.Equal(kind, $"{property.Type} {property.FieldType}");
    }

    [Fact]
    public async Task Options_OfAnEnumeration_AreThoseSeenAndThoseMapped()
    {
        MirrorPortal loaded = await LoadAsync(Tables, null);

        Assert.Contains("PARTNER", loaded.Portal.Find("companies")!.Property("type")!.Options);
        Assert.Equal(["CANCELED", "COMPLETED", "IN_PROGRESS", "QUEUED"], loaded.Portal.Find("calls")!.Property("hs_call_status")!.Options);

    }

    [Theory]
    [InlineData("", true)]
    [InlineData("insert into hubspot.contacts values (7, '3', 'ANNE@example.com', 'Another')", false)]
    public async Task Address_OfContacts_IsUniqueWhereTheMirrorHasEachOnce(string more, bool isUnique)
        => Assert.Equal(isUnique, (await LoadAsync(Tables + more, null)).Portal.Find("contacts")!.Property("email")!.IsUnique);

    [Fact]
    public async Task Mirror_InAnotherSchema_IsTakenFromThere()
    {
        MirrorPortal moved = await LoadAsync(Tables + "alter schema hubspot rename to elsewhere", "elsewhere");
        MirrorPortal missing = await LoadAsync(Tables, "elsewhere");

        Assert.Contains("companies/1", moved.Portal.Snapshot().Keys);
        Assert.Empty(moved.Missing);
        Assert.Contains("elsewhere.companies", missing.Missing);
    }

    private async Task<MirrorPortal> LoadAsync(string sql, string? schema)
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(sql);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        ValidDefinition definition = DefinitionReader.Read(Path.Combine(Repository.Root, "pipeline.json")).Definition!;
        return await MirrorPortal.LoadAsync(source, definition, schema, new FakeTimeProvider(SandboxWorld.Start), TestContext.Current.CancellationToken);
    }
}
