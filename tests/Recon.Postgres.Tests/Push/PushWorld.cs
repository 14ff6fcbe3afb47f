using System.Globalization;
using Npgsql;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Push;

/// <summary>A database with the tables of plans, and plans made by hand.</summary>
internal sealed class PushWorld : IAsyncDisposable
{
    private PushWorld(TestDatabase database)
    {
        Database = database;
        Source = NpgsqlDataSource.Create(database.ConnectionString);
    }

    public TestDatabase Database { get; }

    public NpgsqlDataSource Source { get; }

    public StagingTables Tables { get; } = new("staging");

    public PlanReader Reader => new(Tables);

    public ItemLedger Ledger => new(Tables);

    public ApprovalStore Approvals => new(Tables);

    public LinkLedger Links => new(Tables);

    public static async Task<PushWorld> CreateAsync(PostgresServer server)
    {
        var world = new PushWorld(await server.CreateDatabaseAsync());
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        await new StagingSchema(world.Tables).CreateAsync(connection, [], default);
        return world;
    }

    public static PlannedItem Item(int id, string type = "companies", string? old = "France", string value = "FR") => new(
        type,
        type,
        1000 + id,
        id.ToString(CultureInfo.InvariantCulture),
        new Dictionary<string, string> { ["country"] = value },
        new Dictionary<string, string?> { ["country"] = old });

    /// <summary>Makes a plan, one pipeline per object type.</summary>
    public async Task<PushPlan> PlanAsync(IReadOnlyList<PlannedItem> items, IReadOnlyList<PlannedLink>? links = null, long? limit = null)
    {
        await using PlanWriter writer = await PlanWriter.BeginAsync(Source, Tables, Guid.CreateVersion7(), default);
        string[] pipelines = [.. items.Select(item => item.Pipeline).Concat((links ?? []).Select(link => link.Pipeline)).Distinct()];
        foreach ((int place, string pipeline) in pipelines.Index())
        {
            await writer.AddItemsAsync(place, items.Where(item => item.Pipeline == pipeline).ToAsyncEnumerable(), default);
            await writer.AddLinksAsync(place, (links ?? []).Where(link => link.Pipeline == pipeline).ToAsyncEnumerable(), default);
        }

        (ClashedItems, Clashes) = await writer.RemoveClashesAsync(default);
        await writer.SettleItemsAsync(limit, default);
        (LinksPlanned, LinksWritten) = await writer.SettleLinksAsync(7, limit is not null, default);
        var plan = new PushPlan(
            writer.PlanId, 7, $"hash of {writer.PlanId}", "Ada", default, PlanState.Planned, [.. pipelines.Select(name => new PlanPart(name, null, 1, 0, [name], "{}", "[]"))]);
        await writer.CompleteAsync(plan, default);
        return plan;
    }

    public long ClashedItems { get; private set; }

    public IReadOnlyList<Clash> Clashes { get; private set; } = [];

    public int LinksPlanned { get; private set; }

    public long LinksWritten { get; private set; }

    public async Task<List<PushItem>> ItemsAsync(PushPlan plan)
    {
        await using NpgsqlConnection connection = await Source.OpenConnectionAsync();
        return await Reader.ItemsAsync(connection, plan.Id, default).ToListAsync();
    }

    public async Task SayAsync(PushPlan plan, params ApprovalWish[] wishes)
    {
        await using NpgsqlConnection connection = await Source.OpenConnectionAsync();
        foreach (ApprovalWish wish in wishes)
        {
            await Approvals.AddAsync(connection, plan, wish, "Ada", null, false, default);
        }

        await Approvals.JudgeAsync(connection, plan, default);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Database.DisposeAsync();
    }
}
