using Recon.Dataflow.Diff.Repeats;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>What the graphs of one run that workers share have in common: after a crash of the server there may be several, one after the other.</summary>
internal sealed class SharedWork(
    RunContext context, SharingTerms sharing, RunInput input, MirrorSession mirror, RunIdentity run, RunTerms terms)
{
    private readonly SplitStore _store = new(context, run);
    private readonly SharedLookups _lookups = new(mirror);

    /// <param name="repeats">Has to see every batch of the input; without it, no row is set apart as a repeat.</param>
    /// <param name="commit">Counts a batch that a worker tells of. Returns its records, or 0 for one that was counted before.</param>
    public SplitGraph Wire(RepeatFilter? repeats, Func<CommittedEntry, long> commit)
        => new(context, sharing, input, terms, _store, _lookups, repeats, mirror.Plan.IdColumn, commit);
}
