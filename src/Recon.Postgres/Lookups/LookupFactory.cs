using System.Runtime.ExceptionServices;
using Npgsql;
using Polly;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;

namespace Recon.Postgres.Lookups;

/// <summary>Makes the lookups of a pipeline from its definition and the catalog.</summary>
/// <param name="connection">For the catalog; not needed where the hosting program gives every lookup.</param>
/// <param name="given">Lookups of the hosting program, by the name of the block that each stands for.</param>
/// <param name="retry">Tries each query again.</param>
internal sealed class LookupFactory(
    NpgsqlConnection? connection,
    ReconDataSources sources,
    ValidPipeline pipeline,
    IReadOnlyDictionary<string, IRecordLookup> given,
    TimeProvider clock,
    ReconMetrics? metrics,
    ResiliencePipeline retry)
{
    private readonly Dictionary<SqlTable, MirrorTable> _tables = [];
    private readonly Dictionary<(SqlTable Table, string Id, string? Column), MergeMap?> _merges = [];

    /// <summary>What was decided about HubSpot records of legacy records; <see langword="null"/> where nothing was.</summary>
    public RecordDecisions? Decided { get; init; }

    /// <summary>Strategies that another process decided on for the strategy <c>auto</c>, by the name of the lookup; nothing for those that are to be decided.</summary>
    public IReadOnlyDictionary<string, LookupStrategy> Given { get; init; } = new Dictionary<string, LookupStrategy>();

    /// <summary>
    /// Columns that tables lacked for another process, of those that they may lack, by the table: they are absent here, too, whatever has
    /// come since. <see langword="null"/> where this process decides.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? GivenAbsent { get; init; }

    /// <summary>Columns that tables lack of those that they may lack, by the table, once they were looked for.</summary>
    public Dictionary<string, IReadOnlyList<string>> Absent { get; } = [];

    /// <summary>Whether only the strategies are decided: no table is read into memory, and no lookup is asked.</summary>
    public bool DecidesOnly { get; init; }

    /// <summary>What people should know about the mirror although nothing failed.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Lookups of which each batch reads a large table from end to end, for people, with the index that they lack.</summary>
    public List<string> Scans { get; } = [];

    /// <summary>Counts for each lookup that was made, with its table; none for one of the hosting program's own.</summary>
    public List<(LookupTally Tally, MirrorTable? Table)> Tallies { get; } = [];

    /// <summary>What each lookup was asked, in the order of <see cref="Tallies"/>; nothing of one of the hosting program's own.</summary>
    public List<LookupMeter> Meters { get; } = [];

    /// <summary>The strategy of each lookup that was made, by its name, with the reason.</summary>
    public Dictionary<string, StrategyDecision> Decisions { get; } = [];

    /// <summary>What has to be let go when the lookups that were made are no longer asked.</summary>
    public List<IDisposable> Held { get; } = [];

    /// <summary>
    /// Whether the match lookup, once made, finds a HubSpot record by one legacy id only: the mirror holds each record once,
    /// and no two ids are the same key. Of a lookup of the hosting program that is not known.
    /// </summary>
    public bool IsOneToOne { get; private set; }

    /// <summary>Whether a lookup, once made, follows merged records.</summary>
    public bool FollowsMerges { get; private set; }

    private NpgsqlConnection Connection => connection ?? throw new InvalidOperationException("Every lookup is the hosting program's own.");

    /// <summary>A mirror table, which must exist and be readable.</summary>
    /// <param name="name">Its name as the definition has it.</param>
    /// <exception cref="MirrorException">It does not exist, or this role may not read it.</exception>
    public async Task<MirrorTable> RequireAsync(string name, CancellationToken cancellationToken)
    {
        SqlTable table = SqlTable.Parse(name);
        if (!_tables.TryGetValue(table, out MirrorTable? found))
        {
            found = await MirrorCatalog.FindAsync(Connection, table, cancellationToken)
                ?? throw MirrorException.MissingTable(table);
            if (!found.CanSelect)
            {
                throw MirrorException.NoSelect(table);
            }

            if (GivenAbsent?.GetValueOrDefault(table.ToString()) is { } absent)
            {
                found = found with { Columns = [.. found.Columns.Where(column => !absent.Contains(column.Name))] };
            }

            _tables[table] = found;
        }

        return found;
    }

    /// <summary>
    /// Optional columns that the match lookup's table lacks; where the hosting program answers for it, those that the table
    /// of a fallback lacks. None where it answers for all.
    /// </summary>
    /// <exception cref="MirrorException">A table lacks a column that it had for the process which decided.</exception>
    public async Task<HashSet<string>> FindAbsentAsync(IReadOnlySet<string> optional, CancellationToken cancellationToken)
    {
        HashSet<string> absent = [];
        foreach (ValidLookup lookup in pipeline.Lookups.Where(lookup => !given.ContainsKey(lookup.Label)))
        {
            MirrorTable table = await RequireAsync(lookup.Table, cancellationToken);
            string[] lacking = [.. OptionalOf(lookup, optional).Where(name => table.Find(name) is null)];
            string place = table.Table.ToString();
            if (GivenAbsent is not null && lacking.Except(GivenAbsent.GetValueOrDefault(place) ?? []).FirstOrDefault() is { } gone)
            {
                throw MirrorException.MissingColumn(table, gone);
            }

            Absent[place] = [.. Absent.GetValueOrDefault(place) ?? [], .. lacking];
            absent.UnionWith(lacking.Where(name => lookup.Role != LookupRole.Parent && optional.Contains(name)));
        }

        return absent;
    }

    private static IEnumerable<string> OptionalOf(ValidLookup lookup, IReadOnlySet<string> optional)
    {
        IEnumerable<string> conditions = lookup.Where.Where(condition => condition.Optional).Select(condition => condition.Column);
        return
        [
            .. lookup.Role == LookupRole.Parent ? new HashSet<string>() : optional,
            .. conditions,
            .. lookup.MergedIds is null ? (string[])[MergeLoader.UsualColumn] : [],
        ];
    }

    /// <summary>Decides how the ids of parents are written, where the definition leaves it open.</summary>
    /// <param name="file">Ids in the file, by column.</param>
    /// <param name="earlier">What the attempt that is resumed decided, by the name of the lookup.</param>
    /// <param name="misfits">Takes what does not fit, for people.</param>
    public async Task<ValidPipeline> DecideParentsAsync(
        IReadOnlyDictionary<string, IReadOnlyList<string>> file,
        IReadOnlyDictionary<string, ParentIds> earlier,
        List<string> misfits,
        CancellationToken cancellationToken)
    {
        Dictionary<string, ValidLookup> decided = [];
        foreach (ValidLookup lookup in pipeline.Lookups.Where(lookup => lookup.HasOpenType && !given.ContainsKey(lookup.Label)))
        {
            (decided[lookup.Label], string? misfit) = await ParentTypes.DecideAsync(
                Connection,
                pipeline,
                lookup,
                await RequireAsync(lookup.Table, cancellationToken),
                file.GetValueOrDefault(lookup.From) ?? [],
                earlier.GetValueOrDefault(lookup.Label),
                cancellationToken);
            if (misfit is not null)
            {
                misfits.Add($"parent '{lookup.Label}': {misfit}.");
            }
        }

        return decided.Count == 0 ? pipeline : pipeline.WithLookups(lookup => decided.GetValueOrDefault(lookup.Label, lookup));
    }

    /// <param name="context">Defaults and folder, for the conversions of fallback keys.</param>
    /// <param name="asked">How much the run asks for, for the strategy <c>auto</c>.</param>
    /// <exception cref="MirrorException">The mirror is not as the definition says.</exception>
    public async Task<IReadOnlyList<ILookup>> CreateAsync(
        ReconciliationPlan plan, ConversionContext context, AskedRecords asked, CancellationToken cancellationToken)
    {
        List<Func<CancellationToken, Task<(ILookup Lookup, StrategyDecision Decision)>>> openings = [];
        Dictionary<string, Func<ILookup, ILookup>> followings = [];
        Dictionary<string, string> unindexed = [];
        int index = 0;
        foreach (ValidLookup lookup in plan.Definition.Lookups)
        {
            LookupMeter meter = new(pipeline.Name, lookup.Label, metrics);
            Meters.Add(meter);
            if (given.TryGetValue(lookup.Label, out IRecordLookup? own))
            {
                ILookup answers = new RecordLookup(
                    lookup, own, KeySelectors.For(plan, context, index), lookup.Role == LookupRole.Parent ? [] : plan.Columns.Mirror);
                if (lookup.Role == LookupRole.Match && Decided is not null)
                {
                    Warnings.Add($"{Decided.Count} decisions about records are not applied: the hosting program answers for lookup '{lookup.Label}'.");
                }

                openings.Add(_ => Task.FromResult((answers, new StrategyDecision(LookupStrategy.Any, "answered by the hosting program"))));
                index++;
                continue;
            }

            MirrorTable table = await RequireAsync(lookup.Table, cancellationToken);
            bool isFallback = lookup.Role == LookupRole.Fallback;
            LookupQuery query = LookupQuery.Build(
                table,
                KeyRule.For(lookup, table, context),
                lookup.Id,
                lookup.Role == LookupRole.Parent ? [] : MirrorColumns(plan, table),
                lookup.Where,
                isFallback ? pipeline.Match.Key : null);
            KeySelector select = KeySelectors.For(plan, context, index, query.Keys.KeyType);
            if (lookup.Role == LookupRole.Match)
            {
                IsOneToOne = table.UniqueColumns.Contains(lookup.Id) && query.Keys.IsOneToOne;
            }

            var any = new QueryLookup(
                lookup, table.Table, query, select, sources.Lookup, retry, clock, meter);
            bool scans = lookup.Strategy != LookupStrategy.Cache
                && await KeyIndex.IsMissedAsync(Connection, table, lookup, query.Keys, cancellationToken);
            if (scans)
            {
                unindexed[lookup.Label] = $"lookup '{lookup.Label}' reads all of {table.Table.Display} for every batch, because no index starts with "
                    + $"{KeyIndex.Subject(lookup, query.Keys)}: {KeyIndex.Statement(table, query.Keys)}";
            }

            StrategyDecision decision = lookup.Strategy == LookupStrategy.Auto && Given.TryGetValue(lookup.Label, out LookupStrategy strategy)
                ? new StrategyDecision(strategy, "as the run decided")
                : await StrategyChoice.DecideAsync(
                    Connection,
                    lookup,
                    table,
                    [lookup.Key, lookup.Id, .. query.Columns.Select(column => column.Name)],
                    asked,
                    scans,
                    cancellationToken);
            if (query.Keys.Refusal is { } refusal && decision.Strategy == LookupStrategy.Any)
            {
                decision = lookup.Strategy == LookupStrategy.Auto
                    ? new StrategyDecision(LookupStrategy.Cache, "no query can ask by its converted keys")
                    : throw new MirrorException(refusal);
            }

            if (await FollowingAsync(lookup, table, query, select, meter, cancellationToken) is { } follows)
            {
                followings[lookup.Label] = follows;
                FollowsMerges = true;
                IsOneToOne = false;
            }

            if (lookup.Role == LookupRole.Match && Decided is not null)
            {
                followings[lookup.Label] = Obeying(
                    plan, lookup, table, query, select, meter, Decided, followings.GetValueOrDefault(lookup.Label), _merges.GetValueOrDefault((table.Table, lookup.Id, lookup.MergedIds)));
            }

            openings.Add(token => OpenAsync(any, table, query, select, decision, token));
            index++;
        }

        List<ILookup> lookups = [];
        foreach ((ILookup lookup, StrategyDecision decision) in await OpenAllAsync(openings, cancellationToken))
        {
            ValidLookup definition = lookup.Definition;
            if (lookup is IDisposable held)
            {
                Held.Add(held);
            }

            Decisions[definition.Label] = decision;
            if (decision.Strategy == LookupStrategy.Any && unindexed.TryGetValue(definition.Label, out string? scan))
            {
                Scans.Add(scan);
            }

            var tally = new LookupTally(definition, definition.Role == LookupRole.Fallback ? -1 : plan.Columns.Source.IndexOf(definition.From));
            Tallies.Add((tally, given.ContainsKey(definition.Label) ? null : await RequireAsync(definition.Table, cancellationToken)));
            ILookup whole = definition is { Role: LookupRole.Fallback, On.Count: > 1 } ? new AgreeingLookup(lookup, plan, context) : lookup;
            lookups.Add(followings.TryGetValue(definition.Label, out Func<ILookup, ILookup>? following) ? following(whole) : whole);
        }

        return lookups;
    }

    // What lets a lookup follow merges; nothing where there are none.
    private async Task<Func<ILookup, ILookup>?> FollowingAsync(
        ValidLookup lookup, MirrorTable table, LookupQuery query, KeySelector select, LookupMeter meter, CancellationToken cancellationToken)
    {
        (SqlTable Table, string Id, string? Column) place = (table.Table, lookup.Id, lookup.MergedIds);
        if (!_merges.TryGetValue(place, out MergeMap? known))
        {
            _merges[place] = known = await MergeLoader.ReadAsync(Connection, lookup, table, cancellationToken);
            if (known is { Circles: > 0 })
            {
                Warnings.Add($"{known.Circles} merged records of {table.Table.Display} lead back to themselves; they are left as they are.");
            }
        }

        if (known is null)
        {
            return null;
        }

        // Legacy ids are those of the lookup; a fallback has none.
        MergeMap merges = known.Copy();
        KeyRule byId = KeyRule.ById(table, lookup.Id);
        if (lookup.Role != LookupRole.Fallback)
        {
            await MergeLoader.ReadKeysAsync(
                merges, Asking(LookupQuery.Build(table, byId, lookup.Id, [lookup.Key], [])), query.Keys, cancellationToken);
        }

        QueryLookup winners = Asking(LookupQuery.Build(
            table,
            byId,
            lookup.Id,
            [.. query.Columns.Select(column => column.Name)],
            lookup.Where,
            lookup.Role == LookupRole.Fallback ? pipeline.Match.Key : null));
        return inner => new MergedLookup(inner, merges, select, winners.FindAsync);

        QueryLookup Asking(LookupQuery asked)
            => new(lookup, table.Table, asked, select, sources.Lookup, retry, clock, meter);
    }

    // Decisions come after everything else that the match lookup does.
    private Func<ILookup, ILookup> Obeying(
        ReconciliationPlan plan,
        ValidLookup lookup,
        MirrorTable table,
        LookupQuery query,
        KeySelector select,
        LookupMeter meter,
        RecordDecisions decided,
        Func<ILookup, ILookup>? follows,
        MergeMap? merges)
    {
        var records = new QueryLookup(
            lookup,
            table.Table,
            LookupQuery.Build(table, KeyRule.ById(table, lookup.Id), lookup.Id, [.. query.Columns.Select(column => column.Name)], lookup.Where),
            select,
            sources.Lookup,
            retry,
            clock,
            meter);
        return inner => new DecidedLookup(follows is null ? inner : follows(inner), decided, plan.IdColumn, records.FindAsync, merges);
    }

    // Tables that are read into memory are read at the same time, each on a connection of its own; the first that fails
    // ends the others, so that none is still at it when this returns.
    private static async Task<IReadOnlyList<(ILookup Lookup, StrategyDecision Decision)>> OpenAllAsync(
        List<Func<CancellationToken, Task<(ILookup Lookup, StrategyDecision Decision)>>> openings, CancellationToken cancellationToken)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? first = null;
        async Task<(ILookup Lookup, StrategyDecision Decision)?> GuardAsync(
            Func<CancellationToken, Task<(ILookup Lookup, StrategyDecision Decision)>> open)
        {
            try
            {
                return await open(others.Token);
            }
#pragma warning disable CA1031 // Thrown again below, once all have ended.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref first, exception, null);
                await others.CancelAsync();
                return null;
            }
        }

        (ILookup Lookup, StrategyDecision Decision)?[] opened = await Task.WhenAll(openings.Select(GuardAsync));
        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return [.. opened.Select(lookup => lookup!.Value)];
    }

    private async Task<(ILookup Lookup, StrategyDecision Decision)> OpenAsync(
        QueryLookup any,
        MirrorTable table,
        LookupQuery query,
        KeySelector select,
        StrategyDecision decision,
        CancellationToken cancellationToken)
    {
        ValidLookup lookup = any.Definition;
        if (decision.Strategy == LookupStrategy.Cache && !DecidesOnly)
        {
            try
            {
                CachedLookup cached = await CachedLookup.LoadAsync(
                    lookup, query, select, sources.Lookup, table, clock, any.Meter, cancellationToken);
                return (cached, decision with { Reason = $"{decision.Reason}; {cached.Count} rows read{(cached.FileBytes > 0 ? $", {cached.FileBytes / 1_048_576} MiB of them in a file" : "")}" });
            }
            catch (CacheBudgetException exceeded) when (lookup.Strategy == LookupStrategy.Auto && query.Keys.Refusal is null)
            {
                decision = new StrategyDecision(LookupStrategy.Any, exceeded.Message);
            }
            catch (CacheBudgetException exceeded)
            {
                throw new MirrorException(exceeded.Message);
            }
        }

        bool remembers = lookup is { Role: LookupRole.Parent, RememberBytes: > 0 } && !DecidesOnly;
        return (remembers ? new RememberingLookup(any, select, new RememberedIds(lookup.RememberBytes)) : any, decision);
    }

    // Optional columns that the table lacks are not asked for; the plan has dropped their properties, so the place in
    // the list is kept by asking for the key in their stead.
    private List<string> MirrorColumns(ReconciliationPlan plan, MirrorTable table)
        => [.. plan.Columns.Mirror.Select(name =>
            table.Find(name) is null && plan.Columns.OptionalMirror.Contains(name) ? pipeline.Match.Key : name)];
}
