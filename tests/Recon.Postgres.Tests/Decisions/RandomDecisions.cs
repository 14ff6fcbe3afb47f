using Recon.Postgres.Decisions;
using Recon.Postgres.Tests.Runs;

namespace Recon.Postgres.Tests.Decisions;

/// <summary>Decisions about the records of a world, and decisions taken back, one after the other.</summary>
internal sealed class RandomDecisions(SmallWorld world, Random random, int records)
{
    /// <summary>Those that were applied at once.</summary>
    public int Applied { get; private set; }

    /// <summary>Those that the next run applies.</summary>
    public int Recorded { get; private set; }

    public async Task MakeAsync()
    {
        for (int change = random.Next(5); change > 0; change--)
        {
            string id = (1 + random.Next(records)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            DecisionResult? result = random.Next(10) switch
            {
                8 or 9 when await ConflictAsync() is { } conflict
                    => await world.KeepAsync(conflict, random.Next(2), random.Next(3) == 0 ? await HubspotAsync() : null),
                0 => await world.DecideAsync(id, null),
                1 when await DecidedAsync() is { } decided => await world.UndoAsync(decided),
                2 when await DecidedAsync() is { } decided => await world.DecideAsync(decided, await HubspotAsync()),
                3 => await GoneAsync(),
                4 => await world.DecideAsync(id, await TwinAsync(id) ?? await HubspotAsync()),
                _ => await world.DecideAsync(id, await HubspotAsync()),
            };
            Applied += result?.State == DecisionState.Applied ? 1 : 0;
            if (result?.State == DecisionState.Recorded)
            {
                Assert.Contains("the next run", result.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Decides about a record, or takes a decision back.</summary>
    public async Task DecideAsync()
    {
        string id = (1 + random.Next(records)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        DecisionResult? result = random.Next(6) switch
        {
            4 or 5 when await ConflictAsync() is { } conflict
                => await world.KeepAsync(conflict, random.Next(2), random.Next(3) == 0 ? await HubspotAsync() : null),
            0 => await world.DecideAsync(id, null),
            1 when await DecidedAsync() is { } decided => await world.UndoAsync(decided),
            _ => await world.DecideAsync(id, await HubspotAsync()),
        };
        Applied += result?.State == DecisionState.Applied ? 1 : 0;
        Recorded += result?.State == DecisionState.Recorded ? 1 : 0;
    }

    private Task<string?> DecidedAsync()
        => world.Database.QueryValueAsync<string>($"select legacy_id from staging.reconciliation_decisions order by md5(legacy_id || '{random.Next()}') limit 1");

    private Task<string?> ConflictAsync()
        => world.Database.QueryValueAsync<string>($"select legacy_id from staging.things where reconciliation_status = 'conflict' or notes like '%kept as%' order by md5(legacy_id || '{random.Next()}') limit 1");

    private Task<long> HubspotAsync()
        => world.Database.QueryValueAsync<long>($"select hs_object_id from hubspot.things where not archived order by md5(hs_object_id || '{random.Next()}') limit 1");

    private Task<long?> TwinAsync(string id)
        => world.Database.QueryValueAsync<long?>($"select max(hs_object_id) from hubspot.things where icalps_thing_id = '{id}' and not archived");

    // What was decided on is gone for a run or for good.
    private async Task<DecisionResult?> GoneAsync()
    {
        await world.Database.ExecuteAsync($"""
            update hubspot.things set archived = not archived where hs_object_id in (
                select hubspot_id from staging.reconciliation_decisions order by md5(legacy_id || '{random.Next()}') limit 1)
            """);
        return null;
    }
}
