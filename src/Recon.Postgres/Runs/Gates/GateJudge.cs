using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Gates;

/// <summary>Holds a run's counts against its gates.</summary>
/// <param name="attempt">What the run staged; <see langword="null"/> where it stages nothing.</param>
/// <param name="isWhole">Whether that is everything.</param>
internal sealed class GateJudge(RunContext context, MirrorSession mirror, SqlTable? attempt = null, bool isWhole = true)
{
    private readonly UnfoundIds _unfound = new(context, mirror, attempt, isWhole);

    /// <summary>The result that the run's replaces, once it was judged; <see langword="null"/> where it replaces none that the log knows.</summary>
    public FormerResult? Former { get; private set; }

    /// <summary>The gates that are exceeded, in their order.</summary>
    /// <param name="counts">The counts of the whole run.</param>
    public async Task<IReadOnlyList<ExceededGate>> JudgeAsync(BatchCounts counts, CancellationToken cancellationToken)
    {
        ValidPipeline pipeline = mirror.Plan.Definition;
        ValidLookup[] futile = [.. pipeline.Lookups.Where(lookup => IsFutile(lookup, counts))];
        bool replaces = !context.Request.IsPartial && context.Request.Sink is null;
        Known known = replaces || futile.Length > 0
            ? await context.OnControlAsync(
                context.EndingRetry(),
                async (connection, token) => new Known(
                    replaces ? await FormerAsync(connection, token) : FormerResult.None,
                    await KeyedAsync(connection, futile, token)),
                cancellationToken)
            : new Known(FormerResult.None, []);
        Former = known.Former.StartedAt is null ? null : known.Former;
        bool isLess = FoundShare.OfRows(counts).IsLessThanHalfOf(FoundShare.OfRows(known.Former.Counts));
        var facts = new GateFacts(
            pipeline,
            counts,
            RunFindings.Of(counts, mirror),
            !context.Request.IsPartial,
            known.Former,
            known.Keyed)
        {
            Unfound = await _unfound.ExplainAsync(counts, cancellationToken),
            WereFound = isLess && await _unfound.WereFoundAsync(cancellationToken),
            Mask = context.Mask,
        };
        return
        [
            .. from gate in Gate.All
               let limit = context.Given(gate) ?? gate.Defined(pipeline.Source)
               let found = gate.Find(facts, limit).ToArray()
               where found.Length > 0
               select new ExceededGate(gate, limit?.ToString() ?? gate.Default, Where(gate, limit), found),
        ];
    }

    // The limit, and where somebody would change it.
    private string Where(Gate gate, Limit? limit)
    {
        int index = context.Request.Definition.Pipelines.ToList().FindIndex(pipeline => pipeline.Name == context.Pipeline.Name);
        string path = $"$.pipelines[{index}].{gate.Name}";
        return context.Given(gate) is { } given ? $"limit {given} by {gate.Option}"
            : limit is { } set && set.ToString() != gate.Default ? $"limit {set} by {path}"
            : $"default limit: {gate.Default}; change it with {path} or {gate.Option}";
    }

    private bool IsFutile(ValidLookup lookup, BatchCounts counts) => !context.Request.Lookups.ContainsKey(lookup.Label) && lookup.Role switch
    {
        LookupRole.Match => counts.Unmatched >= GateRules.LeastToJudge && counts.Matched + counts.Ambiguous == 0,
        LookupRole.Parent => counts.ParentIds.GetValueOrDefault(lookup.Label) is >= GateRules.LeastToJudge and long ids
            && UnresolvedParents.Of(counts, mirror.Plan.Definition).Any(parents => parents.Lookup == lookup && parents.Count == ids),
        _ => false,
    };

    // The log knows what the last run staged; counting rows, which takes long, is for results that it does not know.
    // The table's first rows tell which run that was. Partial runs may fill room at the front again: where none of the first rows
    // is left of a whole run, all are counted.
    private async Task<FormerResult> FormerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        SqlTable published = context.Tables.Published(context.Pipeline.Stage);
        if (!await MirrorCatalog.ExistsAsync(connection, published, cancellationToken)
            || !await MirrorCatalog.ExistsAsync(connection, context.Tables.Log, cancellationToken))
        {
            return FormerResult.None;
        }

        List<FormerResult> logged = await SqlText.Of($"""
            select l.staged, l.details::text, l.started_at from {context.Tables.Log} l
            where l.pipeline = $1 and l.outcome = 'completed' and not l.partial
                and coalesce(l.base_run, l.run_id) in (select coalesce(b.base_run, b.run_id) from {context.Tables.Log} b
                    where b.run_id in (select p.run_id from (select run_id from {published} limit 1000) p))
            order by l.started_at desc limit 1
            """).ListAsync(
                connection,
                row => new FormerResult(row.GetInt64(0), CountsJson.Read(row.GetString(1))) { StartedAt = new DateTimeOffset(row.GetDateTime(2), TimeSpan.Zero) },
                cancellationToken,
                SqlValue.Of(context.Pipeline.Name));
        return logged is [var last] ? last : FormerResult.None with
        {
            Rows = (long)(await SqlText.Of($"select count(*) from {published}").ScalarAsync(connection, cancellationToken))!,
        };
    }

    private static async Task<HashSet<string>> KeyedAsync(
        NpgsqlConnection connection, IEnumerable<ValidLookup> lookups, CancellationToken cancellationToken)
    {
        HashSet<string> keyed = [];
        foreach (ValidLookup lookup in lookups)
        {
            var key = new SqlName(lookup.Key);
            long keys = (long)(await SqlText.Of($"select count(*) from (select 1 from {SqlTable.Parse(lookup.Table)} where {key} is not null limit {GateRules.LeastToJudge}) k")
                .ScalarAsync(connection, cancellationToken))!;
            if (keys >= GateRules.LeastToJudge)
            {
                keyed.Add(lookup.Label);
            }
        }

        return keyed;
    }

    /// <summary>What the server knows.</summary>
    /// <param name="Former">The result that the run's replaces.</param>
    /// <param name="Keyed">The lookups whose table has keys.</param>
    private sealed record Known(FormerResult Former, HashSet<string> Keyed);
}
