using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Staging;

/// <summary>
/// The rows of one legacy id, in the order of their content. Two may stay until the last is known: the first and the
/// latest. The others are folded as they come.
/// </summary>
internal sealed class RepeatGroup
{
    private readonly RepeatComparer _comparer;
    private readonly RepeatEdits _edits;
    private readonly BatchCounts _changes;
    private readonly RepeatJudge _judge;
    private readonly RepeatParents _parents = new();
    private readonly RepeatParents _latestParents = new();
    private readonly List<string> _places = [];
    private readonly KeptRow? _wanted;
    private readonly StagedRepeat _first;
    private StagedRepeat _latest;
    private StagedRepeat? _kept;

    /// <param name="changes">Counts what the folding changes.</param>
    /// <param name="kept">Which row somebody decided to keep where they disagree; <see langword="null"/> for none.</param>
    public RepeatGroup(StagedRepeat first, RepeatComparer comparer, RepeatEdits edits, BatchCounts changes, KeptRow? kept)
    {
        (_comparer, _edits, _changes, _wanted) = (comparer, edits, changes, kept);
        _judge = new RepeatJudge(comparer);
        (_first, _latest) = (first, first);
        Judge(first);
    }

    public string LegacyId => _first.LegacyId;

    public void Add(StagedRepeat repeat)
    {
        StagedRepeat latest = _latest;
        Judge(repeat);
        if (_latest == latest && repeat != _kept)
        {
            Fold(repeat);
        }
        else if (_latest != latest && latest != _first && latest != _kept)
        {
            Fold(latest);
        }
    }

    /// <summary>Folds what does not stay, and writes into the row that does what became of the others.</summary>
    public void Finish()
    {
        if (_judge.Outcome != RepeatOutcome.Latest && _latest != _first && _latest != _kept)
        {
            Fold(_latest);
        }

        if (_wanted is not null && _judge.Outcome != RepeatOutcome.Agree && Keep(_wanted))
        {
            return;
        }

        // They agree after all.
        if (_kept is not null && _kept != _first)
        {
            Fold(_kept);
        }

        switch (_judge.Outcome)
        {
            case RepeatOutcome.Conflict:
                Uncount(_first);
                _changes.Conflict++;
                _edits.MakeConflict(
                    _first.Ctid, RepeatComparer.ConflictNote(_judge.Rows, _judge.Differing, Refused(_first.Notes)), _parents.ToJson());
                break;
            case RepeatOutcome.Latest:
                if (_latest != _first)
                {
                    Fold(_first);
                }

                _changes.Latest++;
                string note = _comparer.LatestNote(
                    _judge.Rows, _judge.Differing, _comparer.Restore(_latest.LegacyProperties), _latest.Place, _places, Refused(_latest.Notes));
                _edits.SetLatest(_latest.Ctid, note, _latestParents.ToJson());
                break;
            case RepeatOutcome.Agree:
            default:
                if (_parents.ToJson() is { } parents)
                {
                    _edits.SetParents(_first.Ctid, parents);
                }

                break;
        }
    }

    // Whether the row that was chosen is there.
    private bool Keep(KeptRow wanted)
    {
        BatchCounts.Increment(_changes.Remarks, _kept is null ? RecordDecisions.RefusedRemark : RecordDecisions.AppliedRemark);
        if (_kept is null)
        {
            return false;
        }

        if (_first != _kept)
        {
            Fold(_first);
        }

        if (_judge.Outcome == RepeatOutcome.Latest && _latest != _first && _latest != _kept)
        {
            Fold(_latest);
        }

        _edits.SetLatest(_kept.Ctid, RepeatComparer.KeptNote(_judge.Rows, _judge.Differing, _kept.Place, wanted, _kept.Notes), parentIds: null);
        return true;
    }

    private string? Refused(string? notes) => _wanted is null ? notes : RepeatComparer.NotKeptNote(_wanted, notes);

    private void Judge(StagedRepeat repeat)
    {
        if (_wanted is not null && _kept is null && _wanted.Is(ValuesOf(repeat.LegacyProperties)))
        {
            _kept = repeat;
        }

        RepeatStanding standing = _judge.Add(_comparer.Restore(repeat.LegacyProperties));
        _parents.Add(repeat);
        if (standing == RepeatStanding.Latest)
        {
            _latest = repeat;
            _latestParents.Clear();
        }

        if (standing != RepeatStanding.Other)
        {
            _latestParents.Add(repeat);
        }

        if (_places.Count <= RepeatComparer.MostPlaces)
        {
            _places.Add(repeat.Place);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> ValuesOf(string legacyProperties)
    {
        using JsonDocument document = JsonDocument.Parse(legacyProperties);
        return [.. document.RootElement.EnumerateObject().Select(value => KeyValuePair.Create(value.Name, value.Value.GetString()!))];
    }

    private void Fold(StagedRepeat repeat)
    {
        Uncount(repeat);
        _changes.Folded++;
        _edits.Delete(repeat.Ctid);
    }

    private void Uncount(StagedRepeat repeat)
    {
        switch (repeat.Status)
        {
            case "matched":
                _changes.Matched--;
                break;
            case "ambiguous":
                _changes.Ambiguous--;
                break;
            default:
                _changes.Unmatched--;
                break;
        }

        using JsonDocument updates = JsonDocument.Parse(repeat.Updates);
        bool any = false;
        foreach (JsonProperty property in updates.RootElement.EnumerateObject())
        {
            any = true;
            BatchCounts.Increment(_changes.PropertyChanges, property.Name, -1);
        }

        _changes.WithChanges -= any ? 1 : 0;
    }
}
