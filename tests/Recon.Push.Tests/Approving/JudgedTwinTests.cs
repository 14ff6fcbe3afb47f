using CsCheck;
using Npgsql;
using Recon.Postgres.Push;
using Recon.Postgres.Tests.Push;
using Recon.Testing;

namespace Recon.Push.Tests.Approving;

/// <summary>The judge and its SQL say the same of the same words.</summary>
public sealed class JudgedTwinTests(PostgresServer server)
{
    private static readonly string[] s_properties = ["country", "city"];
    private static readonly string[] s_values = ["", "a", "b"];
    private static readonly string[] s_pipelines = ["companies", "deals"];

    private static readonly Gen<ApprovalWish> s_wish = Gen.Select(
        Gen.Enum<ApprovalScope>(),
        Gen.Int[0, 2].Select(string? (index) => index == 0 ? null : s_pipelines[index - 1]),
        Gen.Int[0, 2].Select(string? (index) => index == 0 ? null : s_properties[index - 1]),
        Gen.Int[0, 2].Select(index => s_values[index]),
        Gen.Int[0, 2].Select(index => s_values[index]),
        Gen.Int[1, 6],
        Gen.Bool,
        (scope, pipeline, property, old, value, record, isApproved) => new ApprovalWish(
            scope,
            pipeline,
            scope is ApprovalScope.All ? null : scope is ApprovalScope.Record ? property : property ?? "city",
            scope is ApprovalScope.Transition ? old : null,
            scope is ApprovalScope.Transition ? value : null,
            scope is ApprovalScope.Record ? $"{record}" : null,
            isApproved));

    [Fact]
    public async Task Words_AtRandom_AreJudgedAlikeByBoth()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server);
        PlannedItem[] items =
        [
            .. from pipeline in s_pipelines
               from id in Enumerable.Range(1, 6)
               select PushWorld.Item(id, pipeline) with
               {
                   Properties = s_properties.Take(1 + (id % 2)).ToDictionary(name => name, name => s_values[(id + name.Length) % 3]),
                   Before = s_properties.Take(1 + (id % 2)).ToDictionary(name => name, string? (name) => s_values[(id / 2) % 3] is { Length: > 0 } value ? value : null),
               },
        ];
        PlannedLink[] links = [.. Enumerable.Range(1, 3).Select(id => new PlannedLink("deals", "city", "deals", 1000 + id, "companies", id, $"{id}"))];
        await using NpgsqlConnection connection = await world.Source.OpenConnectionAsync();
        foreach (ApprovalWish[] wishes in s_wish.Array[0, 8].Array[40].Single())
        {
            PushPlan plan = await world.PlanAsync(items, links);
            await world.SayAsync(plan, wishes);
            IReadOnlyList<Approval> said = await world.Approvals.ListAsync(connection, plan, default);
            Assert.Equal(wishes, said.Select(approval => approval.Wish));

            await world.Approvals.FixAsync(connection, plan, default);

            foreach (PushItem item in await world.ItemsAsync(plan))
            {
                PlannedChange[] changes =
                [
                    .. item.Planned.Properties.Select(pair => new PlannedChange(
                        item.Planned.Pipeline, item.Planned.LegacyId, pair.Key, item.Planned.Before[pair.Key] ?? "", pair.Value)),
                ];
                Assert.Equal(Judging.StateOf(changes, said), item.State);
                string[] sent = [.. changes.Where(change => Judging.Of(change, said) == true).Select(change => change.Property).Order(StringComparer.Ordinal)];
                Assert.Equal(sent, (item.Sent?.Keys ?? []).Order(StringComparer.Ordinal));
            }

            await foreach (PushLink link in world.Links.AllAsync(connection, plan.Id, default))
            {
                var change = new PlannedChange(link.Planned.Pipeline, link.Planned.LegacyId, PlannedLink.PropertyOf(link.Planned.Lookup), "", $"{link.Planned.ToId}");
                Assert.Equal(Judging.StateOf([change], said), link.State);
            }
        }
    }
}
