using System.Text;
using System.Text.Json.Nodes;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>The rows of one legacy id, compared one by one with the first; only that one is held.</summary>
internal sealed class RepeatGroup
{
    private readonly RepeatComparer _comparer;
    private readonly byte[][] _first;
    private readonly SortedDictionary<string, SortedDictionary<string, string?>> _parents = new(StringComparer.Ordinal);
    private long _rows = 1;

    public RepeatGroup(StagedRepeat first, RepeatComparer comparer)
    {
        _comparer = comparer;
        First = first;
        _first = comparer.Restore(first.LegacyProperties);
        AddParents(first);
    }

    /// <summary>The row that stays.</summary>
    public StagedRepeat First { get; }

    public string LegacyId => First.LegacyId;

    /// <summary>The columns in which the rows differ.</summary>
    public SortedSet<string> Differing { get; } = new(StringComparer.OrdinalIgnoreCase);

    public void Add(StagedRepeat repeat, BatchCounts changes)
    {
        _comparer.Compare(_first, _comparer.Restore(repeat.LegacyProperties), Differing);
        _rows++;
        AddParents(repeat);
        Uncount(repeat, changes);
        changes.Folded++;
    }

    /// <summary>Counts the first row as a conflict in place of what it was.</summary>
    public void CountConflict(BatchCounts changes)
    {
        Uncount(First, changes);
        changes.Conflict++;
    }

    /// <summary>The note of a conflict: how many rows, which columns differ, and the first row's own notes.</summary>
    public string ConflictNote() => RepeatComparer.ConflictNote(_rows, Differing, First.Notes);

    /// <summary>The union of parent ids as JSON, legacy id to HubSpot id by parent; <see langword="null"/> when no parent has two.</summary>
    public string? ParentIds() => _parents.Values.All(ids => ids.Count < 2) ? null
        : new JsonObject(_parents.Select(parent => KeyValuePair.Create<string, JsonNode?>(
            parent.Key,
            new JsonObject(parent.Value.Select(id => KeyValuePair.Create(id.Key, JsonNode.Parse(id.Value ?? "null"))))))).ToJsonString();

    private static void Uncount(StagedRepeat repeat, BatchCounts changes)
        => TupleLayout.Uncount(changes, repeat.Status, Encoding.UTF8.GetBytes(repeat.Updates));

    private void AddParents(StagedRepeat repeat)
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
}
