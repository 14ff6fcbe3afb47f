using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>Tallies of workers, put together, are the tally of one process.</summary>
public sealed class SharedTallyTests
{
    private static readonly ValidLookup s_lookup = DefinitionReader.Parse(
        Encoding.UTF8.GetBytes("""
            { "pipelines": [{ "name": "things", "blocks": [
                { "kind": "csv", "path": "things.csv", "id": "Id" }, { "kind": "batch" },
                { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "icalps_thing_id" },
                { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
                { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id",
                  "columns": [{ "name": "legacy_name", "legacy": "Name" }] }] }] }
            """),
        "tally.json").Definition!.Pipelines[0].Lookups[0];

    [Theory]
    [InlineData(100)]
    [InlineData(251)]
    [InlineData(900)]
    [InlineData(5000)]
    public void AddUnfound_OfSeveralWorkers_KeepsWhatOneTallyOfAllWouldHave(int ids)
    {
        string[] all = [.. Enumerable.Range(1, ids).Select(id => $"id {id * 7919}")];
        LookupTally whole = Of(all);
        LookupTally[] parts = [Of(all[..(ids / 2)]), Of(all[(ids / 3)..(ids * 3 / 4)]), Of(all[(ids * 2 / 3)..])];
        LookupTally together = new(s_lookup, 0);

        // Each tells again and again.
        foreach (LookupTally part in (LookupTally[])[.. parts, parts[0], parts[1]])
        {
            (IReadOnlyList<string> unfound, bool areAll) = part.Unfound;
            together.AddUnfound(unfound, areAll);
        }

        Assert.Equal(whole.Unfound.Ids.Order(StringComparer.Ordinal), together.Unfound.Ids.Order(StringComparer.Ordinal));
        Assert.Equal(ids <= LookupTally.MostIds, together.Unfound.AreAll);
    }

    private static LookupTally Of(string[] ids)
    {
        LookupTally tally = new(s_lookup, 0);
        foreach (string id in ids)
        {
            tally.AddUnfound([id], areAll: true);
        }

        return tally;
    }
}
