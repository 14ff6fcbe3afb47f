using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Api;
using Recon.Postgres.Connections;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Planning;
using Recon.Push.Running;
using Recon.Sandbox;
using Recon.Sandbox.Api;
using Recon.Sandbox.Control;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Tests.Schemas;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Push.Tests.Support;

/// <summary>A sandbox with records, and an approved plan that changes some of them.</summary>
internal sealed class PushWorld : IAsyncDisposable
{
    public const string Token = "token-of-the-test";
    public const long Portal = 48_000_001;

    private PushWorld(TestDatabase database, SandboxServer server, ValidDefinition definition, PushPlan plan)
    {
        (Database, Server, Definition, Plan) = (database, server, definition, plan);
        Sources = ReconDataSources.ForConnectionString(database.ConnectionString, new DataSourceOptions { WriterConnections = 8 });
    }

    public TestDatabase Database { get; }

    public SandboxServer Server { get; }

    public ValidDefinition Definition { get; }

    public PushPlan Plan { get; }

    public ReconDataSources Sources { get; }

    public StagingTables Tables { get; } = new("staging");

    /// <summary>The calls that the sandbox has seen.</summary>
    public IReadOnlyList<SandboxCall> Calls => Server.Log.Calls;

    /// <summary>Everything that the sandbox holds.</summary>
    public SortedDictionary<string, SortedDictionary<string, string>> Snapshot() => PortalSnapshot.Of(Server.Portal);

    /// <summary>What a record holds in the sandbox.</summary>
    public string? Value(int id, string property, string type = "companies")
        => Snapshot().GetValueOrDefault($"{type}/{Id(id)}")?.GetValueOrDefault(property);

    /// <summary>The HubSpot id of a record.</summary>
    public static string Id(int id) => (1_000_000 + id).ToString(CultureInfo.InvariantCulture);

    /// <summary>The planned changes of a record: a new name, a phone number and a cleared city.</summary>
    public static PlannedItem Item(int id) => new(
        "companies",
        "companies",
        1_000_000 + id,
        $"L{id}",
        new Dictionary<string, string> { ["name"] = $"New {id}", ["phone"] = $"+3314268{id:0000}", ["city"] = "" },
        new Dictionary<string, string?> { ["name"] = $"Old {id}", ["phone"] = null, ["city"] = "Lille" });

    public static Task<PushWorld> CreateAsync(PostgresServer server, int records, params string[] traps)
        => CreateAsync(server, [.. Enumerable.Range(1, records).Select(Item)], traps: traps);

    public static async Task<PushWorld> CreateAsync(
        PostgresServer server,
        IReadOnlyList<PlannedItem> items,
        IReadOnlyList<PlannedLink>? links = null,
        string version = "2026-09",
        string push = "{}",
        Action<SandboxPortal>? fill = null,
        IReadOnlyList<string>? traps = null)
    {
        TestDatabase database = await server.CreateDatabaseAsync();
        var portal = new SandboxPortal(Portal, TimeProvider.System);
        Fill(portal, items);
        fill?.Invoke(portal);
        SandboxServer sandbox = await SandboxServer.StartAsync(
            new SandboxOptions { Portal = portal, Token = Token, Traps = [.. (traps ?? []).Select(SandboxTrap.Parse)] }, TestContext.Current.CancellationToken);
        ValidDefinition definition = Define(sandbox.Base, version, push);
        return new PushWorld(database, sandbox, definition, await PlanAsync(database, items, links ?? []));
    }

    /// <summary>Pushes the plan in this process.</summary>
    public Task<PushReport> PushAsync(int canary = 0, long? verify = 0, int parallelism = 2, CancellationToken drain = default)
        => RunAsync(runner => runner.PushAsync(drain, TestContext.Current.CancellationToken), canary, verify, parallelism);

    public Task<PushReport> UndoAsync() => RunAsync(runner => runner.UndoAsync(default, TestContext.Current.CancellationToken), 0, 0, 2);

    public async Task<IReadOnlyList<PushItem>> ItemsAsync()
    {
        await using NpgsqlConnection connection = await Sources.Control.OpenConnectionAsync();
        return await new PlanReader(Tables).ItemsAsync(connection, Plan.Id, default).ToListAsync();
    }

    public async Task<long> CountAsync(string state)
        => await Database.QueryValueAsync<long>($"select count(*) from staging.push_item where state = '{state}'");

    public async ValueTask DisposeAsync()
    {
        string[] wrong = [.. Calls.SelectMany(CallSchemas.ProblemsOf)];
        await Sources.DisposeAsync();
        await Server.DisposeAsync();
        await Database.DisposeAsync();

        // Whatever a test is about: what is sent is what HubSpot takes, and it is understood as HubSpot answers.
        Assert.Empty(wrong);
    }

    public async Task<PushSession> OpenAsync(TimeProvider? clock = null)
    {
        var hubspot = HubspotSettings.Resolve(Definition.Hubspot, name => name == "PUSH_TOKEN" ? Token : null);
        return await PushSession.OpenAsync(
            new PushRequest(Sources, Definition, Path.GetTempPath(), hubspot, "a test", clock ?? new FastClock(20), NullLogger.Instance),
            Plan,
            TestContext.Current.CancellationToken);
    }

    private async Task<PushReport> RunAsync(Func<PushRunner, Task<PushReport>> run, int canary, long? verify, int parallelism)
    {
        await using PushSession session = await OpenAsync();
        await session.Context.Ledger.FixAsync(Plan, TestContext.Current.CancellationToken);
        return await run(session.Runner(new PushSettings
        {
            Canary = canary,
            Parallelism = parallelism,
            Verify = verify,
        }));
    }

    private static void Fill(SandboxPortal portal, IReadOnlyList<PlannedItem> items)
    {
        foreach (PlannedItem item in items)
        {
            portal.Store(item.ObjectType).Add(
                item.HubspotId.ToString(CultureInfo.InvariantCulture),
                item.Before.Where(value => value.Value is not null).Select(value => KeyValuePair.Create(value.Key, value.Value!)).Append(KeyValuePair.Create("untouched", "as it was")),
                DateTimeOffset.UtcNow.AddYears(-1),
                DateTimeOffset.UtcNow.AddDays(-30));
            foreach (string property in item.Properties.Keys.Where(property => portal.Store(item.ObjectType).Property(property) is null))
            {
                portal.Store(item.ObjectType).Define(new SandboxProperty(property));
            }
        }
    }

    private static async Task<PushPlan> PlanAsync(TestDatabase database, IReadOnlyList<PlannedItem> items, IReadOnlyList<PlannedLink> links)
    {
        var tables = new StagingTables("staging");
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        await using NpgsqlConnection connection = await source.OpenConnectionAsync();
        await new StagingSchema(tables).CreateAsync(connection, [], default);
        await using PlanWriter writer = await PlanWriter.BeginAsync(source, tables, Guid.CreateVersion7(), default);
        await writer.AddItemsAsync(0, items.ToAsyncEnumerable(), default);
        await writer.AddLinksAsync(0, links.ToAsyncEnumerable(), default);
        await writer.SettleItemsAsync(null, default);
        await writer.SettleLinksAsync(Portal, false, default);
        string[] types = [.. items.Select(item => item.ObjectType).Distinct()];
        string hash = await StoredPlan.HashAsync(writer.Connection, tables, writer.PlanId, Portal, default);
        var plan = new PushPlan(
            writer.PlanId, Portal, hash, "Ada", default, PlanState.Planned, [new PlanPart("companies", null, items.Count, links.Count, types, "{}", "[]")]);
        await writer.CompleteAsync(plan, default);
        await new ApprovalStore(tables).AddAsync(
            connection, plan, new ApprovalWish(ApprovalScope.All, null, null, null, null, null, true), "Ada", null, false, default);
        return plan;
    }

    private static ValidDefinition Define(Uri address, string version, string push)
    {
        string text = $$"""
            {
              "hubspot": { "portal": {{Portal}}, "base": "{{address.AbsoluteUri.TrimEnd('/')}}", "token": "env:PUSH_TOKEN", "version": "{{version}}", "timeoutSeconds": 60, "push": {{push}} },
              "pipelines": [{
                "name": "companies",
                "blocks": [
                  { "kind": "csv", "path": "companies.csv", "id": "Id" },
                  { "kind": "batch" },
                  { "kind": "lookup", "name": "match", "table": "hubspot.companies", "key": "legacy_id" },
                  { "kind": "diff", "properties": [
                    { "property": "name", "column": "Name" },
                    { "property": "phone", "column": "Phone", "convert": ["phone"], "compare": "phone" },
                    { "property": "city", "column": "City", "onNull": "clear" },
                    { "property": "numberofemployees", "column": "Employees", "convert": ["integer"], "compare": "number" }
                  ] },
                  { "kind": "stage", "table": "companies_reconciliation", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
                ]
              }]
            }
            """;
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(text), "pipeline.json");
        Assert.Empty(reading.Problems);
        return reading.Definition!;
    }
}
