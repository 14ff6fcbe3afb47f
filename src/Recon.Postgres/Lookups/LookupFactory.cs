using Npgsql;
using Polly;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Reconcile;
using Recon.Dataflow.Reconcile.Conversions;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;

namespace Recon.Postgres.Lookups;

/// <summary>Makes the lookups of a pipeline from its definition and the catalog.</summary>
/// <param name="connection">An open connection, for the catalog.</param>
/// <param name="sources">Connections for the lookups.</param>
/// <param name="pipeline">The pipeline.</param>
/// <param name="clock">Measures durations.</param>
/// <param name="metrics">Told ids and durations.</param>
/// <param name="say">Told warnings and retries.</param>
/// <param name="retries">How often and how long a query is tried again; the defaults when <see langword="null"/>.</param>
public sealed class LookupFactory(
    NpgsqlConnection connection,
    ReconDataSources sources,
    PipelineDefinition pipeline,
    TimeProvider clock,
    ReconMetrics? metrics,
    Action<string> say,
    RetrySettings? retries = null)
{
    private readonly Dictionary<SqlTable, MirrorTable> _tables = [];

    /// <summary>A mirror table, which must exist and be readable.</summary>
    /// <param name="name">Its name as the definition has it.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>The table.</returns>
    /// <exception cref="MirrorException">It does not exist, or this role may not read it.</exception>
    public async Task<MirrorTable> RequireAsync(string name, CancellationToken cancellationToken)
    {
        SqlTable table = SqlTable.Parse(name);
        if (!_tables.TryGetValue(table, out MirrorTable? found))
        {
            found = await MirrorCatalog.FindAsync(connection, table, cancellationToken)
                ?? throw MirrorException.MissingTable(table);
            if (!found.CanSelect)
            {
                throw MirrorException.NoSelect(table);
            }

            _tables[table] = found;
        }

        return found;
    }

    /// <summary>Makes the lookups.</summary>
    /// <param name="plan">The compiled pipeline.</param>
    /// <param name="context">Defaults and folder, for the conversions of fallback keys.</param>
    /// <param name="cancellationToken">Cancels the questions.</param>
    /// <returns>The lookups, in the order of the definition.</returns>
    /// <exception cref="MirrorException">The mirror is not as the definition says.</exception>
    public async Task<IReadOnlyList<ILookup>> CreateAsync(
        ReconciliationPlan plan, ConversionContext context, CancellationToken cancellationToken)
    {
        ResiliencePipeline retry = RetryPolicies.Reads(
            (retries ?? new RetrySettings()) with
            {
                OnRetry = notice =>
                {
                    metrics?.Retried("lookup");
                    say($"lookup, try {notice.Attempt + 1} in {notice.Delay.TotalSeconds:0.0} s: {notice.Fault.Message}");
                },
            },
            sources.Server,
            clock);
        List<ILookup> lookups = [];
        int index = 0;
        foreach (LookupBlockDefinition lookup in pipeline.Lookups)
        {
            MirrorTable table = await RequireAsync(lookup.Table ?? pipeline.Match.Table!, cancellationToken);
            (LookupQuery query, KeySelector select, IdType idType) = lookup.Role switch
            {
                LookupRole.Match => (
                    LookupQuery.Build(table, lookup.Key!, lookup.Id, MirrorColumns(plan, table), lookup.Keep),
                    KeySelectors.LegacyId(plan.IdColumn),
                    pipeline.Csv.IdType),
                LookupRole.Parent => (
                    LookupQuery.Build(table, lookup.Key!, lookup.Id, [], lookup.Keep),
                    KeySelectors.Parent(plan.Columns.Source.IndexOf(lookup.From!), lookup.FromType ?? pipeline.Csv.IdType),
                    lookup.FromType ?? pipeline.Csv.IdType),
                _ => (
                    LookupQuery.Build(
                        table,
                        lookup.On[0].Property,
                        lookup.Id,
                        MirrorColumns(plan, table),
                        [.. pipeline.Match.Keep, .. lookup.Keep],
                        lookup.On[0].IgnoreCase,
                        withoutKey: pipeline.Match.Key),
                    KeySelectors.Fallback(lookup, plan, context, index),
                    IdType.Text),
            };
            var any = new AnyLookup(
                lookup, pipeline.Name, table.Table, query, select, idType, sources.Lookup, retry, clock, metrics);
            lookups.Add(lookup.Role == LookupRole.Fallback && lookup.On.Count > 1
                ? new AgreeingLookup(any, plan, context)
                : any);
            index++;
        }

        return lookups;
    }

    // Optional columns that the table lacks are not asked for; the plan has dropped their properties, so the place in
    // the list is kept by asking for the key in their stead.
    private List<string> MirrorColumns(ReconciliationPlan plan, MirrorTable table)
        => [.. plan.Columns.Mirror.Select(name =>
            table.Find(name) is null && plan.Columns.OptionalMirror.Contains(name) ? pipeline.Match.Key! : name)];
}
