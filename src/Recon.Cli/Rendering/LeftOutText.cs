using Recon.Postgres.Push;
using Recon.Push.Planning;

namespace Recon.Cli.Rendering;

/// <summary>What is not in a plan, and why, as people read it.</summary>
internal static class LeftOutText
{
    private const int MostNamed = 5;

    public static IEnumerable<string> Lines(PlanSummary plan)
    {
        foreach ((string pipeline, LeftOut left) in plan.LeftOut)
        {
            (string What, long Count)[] records =
            [
                ("because another matched record has the same HubSpot id", left.Shared),
                ("because another pipeline claims their HubSpot records by an equal or stronger rule", left.ClaimedElsewhere),
                ("because \"object\" maps no value of their type column to a HubSpot object", left.Untyped),
                ("because HubSpot has them as another type of object, as the mirror says, and makes no record one of another type", left.OtherType),
                ("because nothing is left of their changes in HubSpot's words", left.Empty),
            ];
            foreach ((string what, long count) in records.Where(each => each.Count > 0))
            {
                yield return $"{pipeline}: {Show.Count(count, "record")} left out {what}.";
            }

            (string What, IReadOnlyDictionary<string, long> Counts)[] values =
            [
                ("left out because the object type has no value for them (\"values\")", left.Unmapped),
                ("left out because the object type has no such property", left.NotSent),
                ("left out because they mean what HubSpot holds already", left.Unchanged),
                ("not linked because the type column of their records has no mapping", left.UntypedLinks),
                ("not linked because HubSpot has their records as another type of object", left.OtherTypeLinks),
            ];
            foreach ((string what, IReadOnlyDictionary<string, long> counts) in values)
            {
                foreach ((string property, long count) in counts.OrderBy(each => each.Key, StringComparer.Ordinal))
                {
                    yield return $"{pipeline}: {Show.Count(count, $"{property} value")} {what}.";
                }
            }
        }

        if (plan.Clashed > 0)
        {
            yield return $"{Show.Count(plan.Clashed, "record")} of several pipelines left out because they have the same HubSpot id.";
        }

        foreach (Clash clash in plan.Clashes.Take(MostNamed))
        {
            yield return $"  HubSpot {clash.ObjectType} {clash.HubspotId}: {string.Join(", ", clash.Claims.Take(MostNamed))}";
        }

        if (plan.LinksWritten > 0)
        {
            yield return $"{Show.Count(plan.LinksWritten, "association")} left out because an earlier plan made them.";
        }
    }
}
