using Recon.Dataflow.Diff.Repeats;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>What the graphs of one run that workers share have in common: after a crash of the server there may be several, one after the other.</summary>
internal sealed class SharedWork(
    RunContext context, SharingTerms sharing, RunInput input, MirrorSession mirror, RunIdentity run, RunTerms terms)
{
    private readonly SplitStore _store = new(context, run);
    private readonly SharedLookups _lookups = new(mirror);
    private readonly List<SplitGraph> _graphs = [];

    /// <summary>What each worker did so far, in the order of their names.</summary>
    public IReadOnlyList<LoggedWorker> Workers
        => [.. _graphs.SelectMany(graph => graph.Workers)
            .Select(worker => worker.Logged())
            .GroupBy(worker => worker.Name, StringComparer.Ordinal)
            .Select(same => same.Aggregate((sum, next) => sum.Plus(next)))
            .OrderBy(worker => worker.Name, StringComparer.Ordinal)];

    /// <param name="repeats">Has to see every batch of the input; without it, no row is set apart as a repeat.</param>
    /// <param name="commit">Counts a batch that a worker tells of. Returns its records, or 0 for one that was counted before.</param>
    public SplitGraph Wire(RepeatFilter? repeats, Func<CommittedEntry, long> commit)
    {
        SplitGraph graph = new(context, sharing, input, terms, _store, _lookups, repeats, mirror.Plan.IdColumn, commit);
        _graphs.Add(graph);
        return graph;
    }
}
