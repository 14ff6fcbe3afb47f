using System.Text;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Lookup;

/// <summary>What was decided about the HubSpot records of legacy records, by legacy id. Thread-safe.</summary>
internal sealed class RecordDecisions
{
    /// <summary>Counts records that were judged as somebody had decided.</summary>
    public const string AppliedRemark = "decision/applied";

    /// <summary>Counts records whose decision could not be followed, because what it named is gone.</summary>
    public const string RefusedRemark = "decision/refused";

    /// <summary>Part of the note of a record whose decision was refused.</summary>
    public const string RefusedNote = " is refused: ";

    /// <summary>Part of the note of a row that was kept because somebody decided so.</summary>
    public const string KeptNote = " was kept as decided by ";

    private readonly Dictionary<string, RecordDecision> _decisions;
    private readonly Dictionary<string, RecordDecision>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly HashSet<long> _hubspotIds;
    private readonly int _longest;

    public RecordDecisions(IEnumerable<KeyValuePair<string, RecordDecision>> decisions)
    {
        _decisions = new Dictionary<string, RecordDecision>(decisions, StringComparer.Ordinal);
        _byText = _decisions.GetAlternateLookup<ReadOnlySpan<char>>();
        _hubspotIds = [.. _decisions.Values.Select(decision => decision.HubspotId).OfType<long>()];
        _longest = _decisions.Keys.Select(Encoding.UTF8.GetByteCount).DefaultIfEmpty(0).Max();
    }

    public int Count => _decisions.Count;

    /// <summary>Whether a HubSpot record was decided on: another legacy record that is found with it loses it.</summary>
    public bool Names(long hubspotId) => _hubspotIds.Contains(hubspotId);

    /// <summary>Whether any HubSpot record was decided on.</summary>
    public bool NamesAny => _hubspotIds.Count > 0;

    /// <param name="legacyId">As batches hold it, in UTF-8.</param>
    public RecordDecision? Find(ReadOnlySpan<byte> legacyId)
    {
        if (legacyId.Length > _longest)
        {
            return null;
        }

        Span<char> text = legacyId.Length <= 256 ? stackalloc char[legacyId.Length] : new char[legacyId.Length];
        return Encoding.UTF8.TryGetChars(legacyId, text, out int length) && _byText.TryGetValue(text[..length], out RecordDecision? found) ? found : null;
    }
}
