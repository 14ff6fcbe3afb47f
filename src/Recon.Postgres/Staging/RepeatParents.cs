using System.Text.Json.Nodes;

namespace Recon.Postgres.Staging;

/// <summary>The parents of repeated rows: legacy id to HubSpot id, by parent.</summary>
internal sealed class RepeatParents
{
    private readonly SortedDictionary<string, SortedDictionary<string, string?>> _parents = new(StringComparer.Ordinal);

    public void Clear() => _parents.Clear();

    public void Add(StagedRepeat repeat)
    {
        foreach ((string name, string legacyId, string? hubspotId) in repeat.Parents)
        {
            if (!_parents.TryGetValue(name, out SortedDictionary<string, string?>? ids))
            {
                ids = new SortedDictionary<string, string?>(StringComparer.Ordinal);
                _parents[name] = ids;
            }

            ids[legacyId] = hubspotId;
        }
    }

    /// <summary>The union as JSON; <see langword="null"/> when no parent has two ids.</summary>
    public string? ToJson() => _parents.Values.All(ids => ids.Count < 2) ? null
        : new JsonObject(_parents.Select(parent => KeyValuePair.Create<string, JsonNode?>(
            parent.Key,
            new JsonObject(parent.Value.Select(id => KeyValuePair.Create(id.Key, JsonNode.Parse(id.Value ?? "null"))))))).ToJsonString();
}
