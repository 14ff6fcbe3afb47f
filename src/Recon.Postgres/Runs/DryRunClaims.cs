using System.Runtime.InteropServices;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Runs;

/// <summary>
/// Judges which legacy records claim one HubSpot record in a dry run, where no server sorts them: 16 bytes for each matched
/// record, within a budget. Thread-safe while records come.
/// </summary>
/// <param name="most">Matched records above which nothing is judged.</param>
internal sealed class DryRunClaims(ValidPipeline pipeline, int most = DryRunClaims.MostClaims) : IDiffObserver
{
    /// <summary>64 MiB of claims.</summary>
    public const int MostClaims = 4 * 1024 * 1024;

    /// <summary>The warning where the budget did not suffice.</summary>
    public static readonly string NotJudged =
        $"More than {CountText.Show(MostClaims)} records match: whether several claim one HubSpot record was not judged. A run judges it.";

    private readonly Lock _gate = new();
    private readonly IReadOnlyList<string> _rules = Claims.RulesByStrength(pipeline);
    private readonly List<Claim> _claims = [];
    private readonly Dictionary<string, int> _changeIndexes = [];
    private readonly List<string[]> _changes = [];

    /// <summary>Whether there were more claims than the budget allows.</summary>
    public bool IsExceeded { get; private set; }

    public void OnRecord(RecordBatch batch, int row, RecordVerdict record) => Add(record);

    public void Add(RecordVerdict record)
    {
        if (record is not { Status: "matched", HubspotId: { } hubspotId })
        {
            return;
        }

        string[] changes = [.. record.Properties.Where(property => property.Kind == VerdictKind.Change).Select(property => property.Property)];
        lock (_gate)
        {
            IsExceeded |= _claims.Count == most;
            if (!IsExceeded)
            {
                int place = Claim.PlaceOf(Claims.Strength(record.Rule, _rules), IndexOf(changes));
                _claims.Add(new Claim(hubspotId, place, HashOf(record.LegacyId)));
            }
        }
    }

    /// <summary>Makes the records that lose their claims ambiguous in the counts. To be called once all records came.</summary>
    public void Settle(BatchCounts counts)
    {
        if (IsExceeded)
        {
            return;
        }

        _claims.Sort();
        ReadOnlySpan<Claim> claims = CollectionsMarshal.AsSpan(_claims);
        for (int start = 0, end; start < claims.Length; start = end)
        {
            end = EndOf(claims, start);
            int? keeper = KeeperOf(claims[start..end]);
            foreach (Claim claim in claims[start..end])
            {
                if (claim.LegacyHash != keeper)
                {
                    Move(counts, _changes[claim.Changes]);

                    if (claim.Strength == Claims.LegacyIdStrength && keeper is null)
                    {
                        BatchCounts.Increment(counts.Remarks, Claims.RespelledRemark, 1);
                    }
                }
            }
        }
    }

    /// <summary>Whether a matched record loses its claim. After <see cref="Settle"/>.</summary>
    public bool Loses(RecordVerdict record)
    {
        ReadOnlySpan<Claim> claims = CollectionsMarshal.AsSpan(_claims);
        int start = claims.BinarySearch(new Claim(record.HubspotId ?? 0, -1, 0));
        start = start < 0 ? ~start : start;
        return !IsExceeded && start < claims.Length && KeeperOf(claims[start..EndOf(claims, start)]) != HashOf(record.LegacyId);
    }

    // The legacy record that keeps the HubSpot record, if one does. Repeats of one legacy id are one claimant.
    private static int? KeeperOf(ReadOnlySpan<Claim> claims)
    {
        foreach (Claim claim in claims)
        {
            if (claim.Strength == claims[0].Strength && claim.LegacyHash != claims[0].LegacyHash)
            {
                return null;
            }
        }

        return claims[0].LegacyHash;
    }

    private static int EndOf(ReadOnlySpan<Claim> claims, int start)
    {
        int end = start + 1;
        while (end < claims.Length && claims[end].HubspotId == claims[start].HubspotId)
        {
            end++;
        }

        return end;
    }

    private static void Move(BatchCounts counts, string[] changes)
    {
        counts.Matched--;
        counts.Ambiguous++;
        counts.Contested++;
        counts.WithChanges -= changes.Length > 0 ? 1 : 0;
        foreach (string property in changes)
        {
            BatchCounts.Increment(counts.PropertyChanges, property, -1);
        }
    }

    private static int HashOf(string legacyId) => (int)KeyHash.Of(Encoding.UTF8.GetBytes(legacyId));

    // Few combinations of properties change together: each is kept once.
    private int IndexOf(string[] changes)
    {
        string key = string.Join('\n', changes);
        if (!_changeIndexes.TryGetValue(key, out int index))
        {
            index = _changes.Count;
            _changes.Add(changes);
            _changeIndexes.Add(key, index);
        }

        return index;
    }

    /// <summary>A matched record, in 16 bytes.</summary>
    /// <param name="Place">The strength of its rule in the upper 8 bits, the index of its changes in the others.</param>
    private readonly record struct Claim(long HubspotId, int Place, int LegacyHash) : IComparable<Claim>
    {
        private const int ChangesBits = 24;

        public int Strength => Place >> ChangesBits;

        public int Changes => Place & ((1 << ChangesBits) - 1);

        public static int PlaceOf(int strength, int changes) => (Math.Min(strength, 127) << ChangesBits) | changes;

        public int CompareTo(Claim other)
        {
            int order = HubspotId.CompareTo(other.HubspotId);
            return order != 0 ? order : Place.CompareTo(other.Place);
        }
    }
}
