using System.Globalization;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs.Reruns;

/// <summary>Decides whether a run writes everything or what differs from the published result, and which records it compares.</summary>
internal sealed class RerunChoice(RunContext context, RunInput input)
{
    // What is known of them takes some 70 bytes each.
    private const long MostRows = 5_000_000;

    // Of a file that was exported again, a few records have changed.
    private const long ShareExpected = 50;

    // Each is asked for.
    private const int MostRuns = 64;

    private readonly HashStore _store = new(context.Tables);
    private RecordOrigin? _origin;
    private long _since;
    private long _next;
    private bool _isResumed;

    /// <summary>How the run comes to its result.</summary>
    public RunWay Way { get; private set; } = new(RunWay.Whole, "");

    /// <summary>What it compares with; <see langword="null"/> for a whole run.</summary>
    public Rerun? Rerun { get; private set; }

    /// <summary>The seed of the hashes that the run leaves for the next one; <see langword="null"/> where it leaves none.</summary>
    public long? Seed { get; private set; }

    /// <summary>What the next run is to know of this one; <see langword="null"/> where it cannot tell what a record came from.</summary>
    public TracedRun? Traced => _origin is null ? null : new TracedRun(_origin, _since);

    /// <summary>Decides, before the lookups are opened.</summary>
    /// <param name="marks">What the tables were, by their name in the definition.</param>
    /// <param name="decided">What was decided about HubSpot records; <see langword="null"/> for nothing.</param>
    /// <param name="isResumed">Whether an unfinished run is continued.</param>
    /// <returns>For how many records lookups will be asked; <see langword="null"/> for all.</returns>
    public async Task<AskedRecords?> DecideAsync(
        NpgsqlConnection connection,
        ReconciliationPlan plan,
        ConversionContext conversions,
        LookupFactory factory,
        string fingerprint,
        IReadOnlyDictionary<string, TableMark> marks,
        RecordDecisions? decided,
        bool isResumed,
        CancellationToken cancellationToken)
    {
        (Rerun, _isResumed) = (null, isResumed);
        var trace = new MirrorTrace(context, input, plan, conversions, factory);
        _since = marks.Values.Select(mark => Transaction(mark.Snapshot, 0)).DefaultIfEmpty(0).Min();
        _next = marks.Values.Select(mark => Transaction(mark.Snapshot, 1)).DefaultIfEmpty(0).Max();
        (_origin, string? obstacle) = isResumed || context.Request.IsPartial || _since == 0 ? (null, "no table of the mirror is known")
            : await trace.OriginAsync(connection, fingerprint, cancellationToken);
        PublishedMark? published = null;
        string? reason = isResumed ? "an unfinished run is continued"
            : context.Request.IsPartial ? "a part of the input"
            : context.Request.Full ? "asked for"
            : context.IsSharedOver(input) ? "several workers share the run"
            : !input.IsRepeatable ? "the input can be read only once"
            : (published = await _store.FindAsync(connection, context.Pipeline.Name, cancellationToken)) is null ? "no published result is known"
            : published.Rows < context.Tuning.LeastToCompare ? "the result is small"
            : null;
        if (reason is not null)
        {
            Way = new RunWay(RunWay.Whole, reason);
            return null;
        }

        string? doubt = published!.Rows > MostRows ? "the result has more than five million rows"
            : await _store.DoubtAsync(connection, published, context.Pipeline.Stage, cancellationToken);
        if (doubt is not null)
        {
            Way = new RunWay(RunWay.Whole, doubt) { IsNotable = true };
            return null;
        }

        (MirrorChanges? changes, string? doubtful) = await FollowAsync(connection, trace, published, obstacle, cancellationToken);
        FormerRecords former = await _store.ReadAsync(
            connection, context.Pipeline.Name, published, changes?.Unchanged, IsClaimed(plan, decided), cancellationToken);
        bool isAnew = former.AddedBytes > former.FirstBytes * context.Tuning.MostAdded || published.Runs.Count > MostRuns;
        if (isAnew)
        {
            (changes, doubtful) = (null, doubtful ?? "what many runs noted of the records is noted in one piece again");
        }

        Rerun = new Rerun(published, former, plan.IdColumn) { Changed = changes?.Changed, Decided = decided, IsAnew = isAnew, MostMerged = context.Tuning.MostMerged, MostBytes = context.Pipeline.Batch.Bytes };
        Way = new RunWay(
            RunWay.Changes,
            changes is null ? $"every record was compared: {doubtful}" : "only records whose row or HubSpot records have changed were compared",
            published.WholeRun);
        return changes is null ? null : new AskedRecords(null, former.Unsettled + (published.Rows / ShareExpected), null);
    }

    // A record that is found with a HubSpot record on which somebody decided loses it to another one.
    private static Func<int, long, bool>? IsClaimed(ReconciliationPlan plan, RecordDecisions? decided)
    {
        if (decided is not { NamesAny: true })
        {
            return null;
        }

        bool[] isMatch = [.. plan.Definition.Lookups.Select(lookup => lookup.Role == LookupRole.Match)];
        return (lookup, id) => isMatch[lookup] && decided.Names(id);
    }

    // What was done to the mirror since the result was made, or why every record has to be compared.
    private async Task<(MirrorChanges? Changes, string? Obstacle)> FollowAsync(
        NpgsqlConnection connection, MirrorTrace trace, PublishedMark published, string? obstacle, CancellationToken cancellationToken)
    {
        string? doubt = obstacle
            ?? (published.Server.Length == 0 ? "this role may not ask the server which one it is (pg_control_system), and a restored one might not be noticed"
            : published.Traced is not { } before ? "the run before did not note what its records came from"
            : _since < before.Since || _next - before.Since > int.MaxValue / 2 ? "the result is too old to tell what was changed since"
            : _origin!.ChangeSince(before.Origin));
        if (doubt is not null)
        {
            return (null, doubt);
        }

        try
        {
            return await trace.ChangesAsync(connection, published.Traced!.Since, cancellationToken);
        }
        catch (CacheBudgetException)
        {
            return (null, "too much of the mirror has changed");
        }
        catch (PostgresException exception) when (!PostgresFaults.IsBroken(exception))
        {
            return (null, $"the changes of the mirror could not be read ({exception.MessageText} [{exception.SqlState}])");
        }
    }

    /// <summary>Completes the decision, when the lookups are open.</summary>
    public void Settle(MirrorSession mirror)
    {
        if (mirror.FollowsMerges)
        {
            _origin = null;
            CompareAll("merged HubSpot records are followed");
        }

        if (mirror.ClaimsMayMeetAnyway && Rerun is not null)
        {
            StartWhole("several records may claim one HubSpot record");
        }

        Rerun?.Tell(mirror.Tallies);
        Seed = _isResumed || context.Request.IsPartial || mirror.ClaimsMayMeetAnyway ? null : Rerun?.Published.Seed ?? HashStore.NewSeed();
    }

    private void CompareAll(string reason)
    {
        if (Rerun is { Changed: not null })
        {
            Rerun.CompareAll();
            Way = Way with { Reason = $"every record was compared: {reason}" };
        }
    }

    /// <summary>The run writes everything after all.</summary>
    public void StartWhole(string reason)
    {
        Rerun = null;
        Seed = HashStore.NewSeed();
        Way = new RunWay(RunWay.Whole, reason) { IsNotable = true };
    }

    // As the server prints a snapshot: the oldest transaction under way, the next one, and those between that are under way.
    // Of a snapshot's text, the oldest transaction under way (0) or the next one (1).
    private static long Transaction(string snapshot, int part)
        => long.TryParse(snapshot.Split(':').ElementAtOrDefault(part), NumberStyles.None, CultureInfo.InvariantCulture, out long oldest) ? oldest : 0;
}
