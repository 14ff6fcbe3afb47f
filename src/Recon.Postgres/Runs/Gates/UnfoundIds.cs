using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs.Reruns;

namespace Recon.Postgres.Runs.Gates;

/// <summary>
/// Why most ids of a lookup lead nowhere, from a sample of them. Asked only where they are most: a new mirror explains it, and
/// so do new records; other spellings, and records that were found before, do not.
/// </summary>
/// <param name="attempt">What the run staged; <see langword="null"/> where it stages nothing.</param>
/// <param name="isWhole">Whether that is everything.</param>
internal sealed class UnfoundIds(RunContext context, MirrorSession mirror, SqlTable? attempt, bool isWhole)
{
    // A file of a few parents has no more.
    private const int LeastSampled = 10;

    private readonly Dictionary<string, UnfoundCause> _causes = [];

    /// <summary>The lookups most of whose ids are not found, and are in the mirror all the same: why, and what finds them.</summary>
    public async Task<IReadOnlyDictionary<string, UnfoundCause>> ExplainAsync(BatchCounts counts, CancellationToken cancellationToken)
    {
        Dictionary<string, UnfoundCause> explained = [];
        foreach ((LookupTally tally, MirrorTable? table) in mirror.Tallies)
        {
            if (table is not null && AreMost(tally.Definition, counts) && await AskAsync(tally, table, counts, cancellationToken) is { Advice.Count: > 0 } cause)
            {
                explained[tally.Definition.Label] = cause;
            }
        }

        return explained;
    }

    /// <summary>Whether most of the rows that are not found were found in the result that is replaced.</summary>
    public async Task<bool> WereFoundAsync(CancellationToken cancellationToken)
    {
        ValidLookup match = mirror.Plan.Definition.Match;
        // What the match lookup did not find, a fallback may have: what is staged knows.
        IReadOnlyList<string> ids = attempt is { } staged ? await UnmatchedAsync(staged, cancellationToken)
            : mirror.Tallies.Select(tallied => tallied.Tally).FirstOrDefault(tally => tally.Definition.Role == LookupRole.Match)?.Unfound.Ids ?? [];
        string[] canonical = [.. ids.Select(id => Canonical(match, id)).OfType<string>().Distinct()];
        return canonical.Length >= LeastSampled && 2 * await context.OnControlAsync(
            context.EndingRetry(),
            async (connection, token) => (long)(await SqlText.Of($"""
                select count(*) from {context.Tables.Published(context.Pipeline.Stage)}
                where {new SqlName(context.Pipeline.Stage.LegacyId)} = any($1) and reconciliation_status in ('matched', 'ambiguous')
                """).ScalarAsync(connection, token, SqlValue.Of(canonical)))!,
            cancellationToken) > canonical.Length;
    }

    private static string? Canonical(ValidLookup lookup, string id)
        => lookup.TryReadId(Encoding.UTF8.GetBytes(id), out ReadOnlySpan<byte> read, out _) ? Encoding.UTF8.GetString(read) : null;

    private static bool AreMost(ValidLookup lookup, BatchCounts counts)
    {
        (long unfound, long all) = lookup.Role switch
        {
            LookupRole.Match => (counts.Unmatched, counts.Staged),
            LookupRole.Parent => (
                Unfound(counts, lookup).Sum(entry => entry.Value),
                counts.ParentIds.GetValueOrDefault(lookup.Label)),
            _ => (0, 0),
        };
        return unfound >= GateRules.LeastToJudge && unfound * 2 > all;
    }

    // Ids of a parent that lead nowhere; those that lead to several records are found.
    private static IEnumerable<KeyValuePair<RejectedValue, long>> Unfound(BatchCounts counts, ValidLookup lookup)
        => counts.UnresolvedParents.Where(entry => entry.Key.Property == lookup.Label && entry.Key.Reason != "several-found");

    private async Task<UnfoundCause> AskAsync(LookupTally tally, MirrorTable table, BatchCounts counts, CancellationToken cancellationToken)
    {
        ValidLookup lookup = tally.Definition;
        if (_causes.TryGetValue(lookup.Label, out UnfoundCause? known))
        {
            return known;
        }

        (IReadOnlyList<string> ids, bool areAll) = lookup.Role == LookupRole.Match
            ? await MatchIdsAsync(tally, cancellationToken)
            : ParentIds(tally, counts);
        IReadOnlyDictionary<MissCause, int> causes = ids.Count < LeastSampled
            ? new Dictionary<MissCause, int>()
            : await MissReport.AskAsync(context.Sources.Lookup, lookup, table, ids, cancellationToken);
        long spelled = causes.Where(cause => cause.Key != MissCause.Conditions).Sum(cause => (long)cause.Value);
        return _causes[lookup.Label] = causes.Values.Sum() * 2L < ids.Count ? new UnfoundCause(false, [])
            : new UnfoundCause(
                spelled * 4 >= ids.Count * 3L,
                [.. causes.OrderByDescending(cause => cause.Value).Select(cause => MissText.Of(lookup, cause.Key, cause.Value, ids.Count, areAll))]);
    }

    // What an earlier process of a resumed run did not find is in what it committed only.
    private static (IReadOnlyList<string> Ids, bool AreAll) ParentIds(LookupTally tally, BatchCounts counts)
        => tally.Unfound is { Ids.Count: >= LeastSampled } unfound ? unfound : (
        [
            .. Unfound(counts, tally.Definition).Select(entry => entry.Key.Sample).OfType<string>().Distinct(),
        ], false);

    private async Task<(IReadOnlyList<string> Ids, bool AreAll)> MatchIdsAsync(LookupTally tally, CancellationToken cancellationToken)
        => tally.Unfound is { Ids.Count: >= LeastSampled } unfound ? unfound
            : attempt is { } staged ? (await UnmatchedAsync(staged, cancellationToken), false) : ([], false);

    private async Task<IReadOnlyList<string>> UnmatchedAsync(SqlTable staged, CancellationToken cancellationToken)
        => !isWhole ? throw new WholeRunNeededException("most records are not found") : await context.OnControlAsync(
            context.EndingRetry(),
            (connection, token) => SqlText.Of($"""
                select legacy_id from (select {new SqlName(context.Pipeline.Stage.LegacyId)} as legacy_id from {staged}
                    where reconciliation_status = 'unmatched') u order by hashtext(legacy_id) limit {LookupTally.MostIds}
                """).ListAsync(connection, row => row.GetString(0), token),
            cancellationToken);
}

/// <summary>Why ids are not found that the mirror has.</summary>
/// <param name="IsSpelling">Whether it has most of them in another spelling.</param>
/// <param name="Advice">What finds them; nothing where most of them are not there.</param>
internal sealed record UnfoundCause(bool IsSpelling, IReadOnlyList<string> Advice);
