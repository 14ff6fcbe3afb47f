using Recon.Postgres.Push;
using Recon.Push.Planning;

namespace Recon.Push.Tests.Planning;

/// <summary>The hash is one for one plan, and another for every other.</summary>
public sealed class PlanHashTests
{
    private static readonly PlannedItem s_item = new(
        "companies", "companies", 7, "1", new Dictionary<string, string> { ["a"] = "b", ["c"] = "d" }, new Dictionary<string, string?> { ["a"] = null, ["c"] = "" });

    private static readonly PlannedLink s_link = new("companies", "parent", "companies", 7, "contacts", 8, "1");

    [Fact]
    public void Plan_InAnotherOrderOfNames_HasTheSameHash()
    {
        PlannedItem turned = s_item with { Properties = s_item.Properties.Reverse().ToDictionary(), Before = s_item.Before.Reverse().ToDictionary() };

        Assert.Equal(Hash(1, [s_item], [s_link]), Hash(1, [turned], [s_link]));
        Assert.Equal(64, Hash(1, [s_item], []).Length);
    }

    [Fact]
    public void Plan_ThatDiffersInAnything_HasAnotherHash()
    {
        (long Portal, PlannedItem[] Items, PlannedLink[] Links)[] plans =
        [
            (1, [s_item], [s_link]),
            (2, [s_item], [s_link]),
            (1, [s_item, s_item], [s_link]),
            (1, [s_item], []),
            (1, [s_item with { Pipeline = "x" }], [s_link]),
            (1, [s_item with { ObjectType = "x" }], [s_link]),
            (1, [s_item with { HubspotId = 8 }], [s_link]),
            (1, [s_item with { LegacyId = "2" }], [s_link]),
            (1, [With("a", "x", null)], [s_link]),
            (1, [With("a", "b", "")], [s_link]),
            (1, [With("a", "", null)], [s_link]),
            (1, [With("ab", "", null)], [s_link]),
            (1, [s_item], [s_link with { ToId = 9 }]),
            (1, [s_item], [s_link with { FromId = 9 }]),
            (1, [s_item], [s_link with { Lookup = "x" }]),
            (1, [s_item], [s_link with { ToType = "x" }]),
        ];

        Assert.Distinct(plans.Select(plan => Hash(plan.Portal, plan.Items, plan.Links)));
    }

    private static PlannedItem With(string name, string value, string? before) => s_item with
    {
        Properties = new Dictionary<string, string> { [name] = value, ["c"] = "d" },
        Before = new Dictionary<string, string?> { [name] = before, ["c"] = "" },
    };

    private static string Hash(long portal, IEnumerable<PlannedItem> items, IEnumerable<PlannedLink> links)
    {
        using var hash = new PlanHash(portal);
        foreach (PlannedItem item in items)
        {
            hash.Add(item);
        }

        foreach (PlannedLink link in links)
        {
            hash.Add(link);
        }

        return hash.End();
    }
}
