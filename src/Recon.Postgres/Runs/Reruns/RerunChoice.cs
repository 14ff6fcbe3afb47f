using System.Globalization;
using Npgsql;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
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

    private readonly HashStore _store = new(context.Tables);
    private string? _origin;
    private long _since;
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
    /// <param name="isResumed">Whether an unfinished run is continued.</param>
    /// <returns>For how many records lookups will be asked; <see langword="null"/> for all.</returns>
    public async Task<AskedRecords?> DecideAsync(
        NpgsqlConnection connection,
        ReconciliationPlan plan,
        ConversionContext conversions,
        LookupFactory factory,
        string fingerprint,
        IReadOnlyDictionary<string, TableMark> marks,
        bool isResumed,
        CancellationToken cancellationToken)
    {
        (Rerun, _isResumed) = (null, isResumed);
        var trace = new MirrorTrace(context, input, plan, conversions, factory);
        _since = marks.Values.Select(mark => Oldest(mark.Snapshot)).DefaultIfEmpty(0).Min();
        _origin = isResumed || context.Request.IsPartial || _since == 0 ? null
            : await trace.FingerprintAsync(connection, fingerprint, cancellationToken);
        PublishedMark? published = null;
        string? reason = isResumed ? "an unfinished run is continued"
            : context.Request.IsPartial ? "a part of the input"
            : context.Request.Full ? "asked for"
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

        string? compares = published.Traced is not { } before ? "what records came from is not known"
            : before.Origin != _origin ? "definition, tool or mirror are not the same"
            : _since - before.Since is < 0 or > int.MaxValue / 2 ? "the result is too old to tell what was changed since"
            : null;
        IReadOnlyList<IdSet>? unchanged = null;
        IReadOnlyList<Dataflow.Lookup.ILookup> changed = [];
        if (compares is null)
        {
            try
            {
                changed = await trace.ChangedAsync(published.Traced!.Since, cancellationToken);
                unchanged = await trace.UnchangedAsync(connection, published.Traced.Since, cancellationToken);
            }
            catch (CacheBudgetException)
            {
                compares = "most of the mirror has changed";
            }
        }

        FormerRecords former = await _store.ReadAsync(
            connection, context.Pipeline.Name, published, unchanged, cancellationToken);
        Rerun = new Rerun(published, former, plan.IdColumn) { Changed = unchanged is null ? null : changed };
        Way = new RunWay(
            RunWay.Changes,
            compares is null ? "records were compared whose row, or whose HubSpot records, have changed" : $"every record was compared: {compares}",
            published.Runs[0]);
        return unchanged is null ? null : new AskedRecords(null, former.Unsettled + (published.Rows / ShareExpected), null);
    }

    /// <summary>Completes the decision, when the lookups are open.</summary>
    public void Settle(MirrorSession mirror)
    {
        if (mirror.FollowsMerges)
        {
            _origin = null;
            Rerun?.CompareAll();
        }

        if (mirror.ClaimsMayMeet && Rerun is not null)
        {
            StartWhole("several records may claim one HubSpot record");
        }

        Seed = _isResumed || context.Request.IsPartial || mirror.ClaimsMayMeet ? null : Rerun?.Published.Seed ?? HashStore.NewSeed();
    }

    /// <summary>The run writes everything after all.</summary>
    public void StartWhole(string reason)
    {
        Rerun = null;
        Seed = HashStore.NewSeed();
        Way = new RunWay(RunWay.Whole, reason) { IsNotable = true };
    }

    // As the server prints a snapshot: the oldest transaction under way, the next one, and those between that are under way.
    private static long Oldest(string snapshot)
        => long.TryParse(snapshot.Split(':')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long oldest) ? oldest : 0;
}
