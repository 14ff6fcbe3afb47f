using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs.Reruns;

/// <summary>A run that writes only what differs from the published result.</summary>
/// <param name="published">The result.</param>
/// <param name="former">What is known of its records.</param>
/// <param name="idColumn">The column of the legacy id.</param>
internal sealed class Rerun(PublishedMark published, FormerRecords former, int idColumn)
{
    // A whole run exchanges a partition; a merge writes every row a second time, and finds it by an index first.
    private const double MostWritten = 0.15;

    // Where nearly everything differs, the first records show it.
    private const long LeastToJudge = 20_000;

    private readonly Dictionary<int, KnownKind> _kinds = [];
    private IReadOnlyList<LookupTally> _tallies = [];
    private long _skipped;
    private long _kept;
    private long _written;
    private bool _comparesAll;
    private Sifted? _next;

    public PublishedMark Published => published;

    public FormerRecords Former => former;

    /// <summary>
    /// What finds the mirror rows that are new or changed, for each lookup that has some; <see langword="null"/> where every record is compared.
    /// </summary>
    public IReadOnlyList<ILookup>? Changed { get; init; }

    /// <summary>What was decided about HubSpot records: these records are compared, whatever is known of them.</summary>
    public RecordDecisions? Decided { get; init; }

    /// <summary>Whether the entries of all records are written anew, in place of those of former runs.</summary>
    public bool IsAnew { get; init; }

    /// <summary>Of how many batches what is left to compare is put into one.</summary>
    public required int MostMerged { get; init; }

    /// <summary>Bytes of field data that such a batch may hold.</summary>
    public required long MostBytes { get; init; }

    /// <summary>Rows that were published as they are.</summary>
    public long Unchanged => Interlocked.Read(ref _kept) + Skipped;

    /// <summary>Those of them that were not even looked up.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Counts what lookups would have found for records that are not looked up, too.</summary>
    public void Tell(IReadOnlyList<(LookupTally Tally, MirrorTable? Table)> tallies) => _tallies = [.. tallies.Select(told => told.Tally)];

    /// <summary>Every record is compared.</summary>
    public void CompareAll() => _comparesAll = true;

    /// <summary>
    /// Reads the next batch of records that have to be compared: what is left of several that were read, as few records of each are. One caller.
    /// </summary>
    public async ValueTask<RecordBatch?> ReadAsync(Func<ValueTask<RecordBatch?>> read, CancellationToken cancellationToken)
    {
        Sifted? sifted = _next ?? await ReadAndSiftAsync(read, cancellationToken);
        _next = null;
        for (int merged = 1; sifted is not null && Skips && merged < MostMerged; merged++)
        {
            Sifted? next = await ReadAndSiftAsync(read, cancellationToken);
            if (next is null)
            {
                break;
            }

            if (!sifted.Batch.TryAppend(next.Batch, MostBytes))
            {
                _next = next;
                break;
            }

            for (int kind = 0; kind < sifted.Kinds.Length; kind++)
            {
                sifted.Kinds[kind] += next.Kinds[kind];
            }

            next.Batch.Dispose();
        }

        if (sifted is not null)
        {
            CountSkipped(sifted);
        }

        return sifted?.Batch;
    }

    private async ValueTask<Sifted?> ReadAndSiftAsync(Func<ValueTask<RecordBatch?>> read, CancellationToken cancellationToken)
        => await read() is { } batch ? new Sifted(batch, await SiftAsync(batch, cancellationToken)) : null;

    private bool Skips => Changed is not null && !_comparesAll;

    // Finds what is known of a batch's records, and takes those out that need not be compared: how many of each kind.
    private async ValueTask<int[]> SiftAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        former.Find(batch, idColumn);
        if (!Skips)
        {
            return [];
        }

        bool[] kept = new bool[batch.RowCount];
        foreach (ILookup changed in Changed!)
        {
            using LookupAnswer answer = await changed.FindAsync(batch, cancellationToken);
            for (int row = 0; row < kept.Length; row++)
            {
                kept[row] |= answer.Found(row);
            }
        }

        for (int row = 0; Decided is not null && row < kept.Length; row++)
        {
            kept[row] |= Decided.Find(batch.Field(row, idColumn)) is not null;
        }

        int[] kinds = new int[former.Kinds];
        int skipped = 0;
        for (int row = 0; row < kept.Length; row++)
        {
            if (!kept[row] && batch.TryHash(row, published.Seed, out ulong input) && former.IsSettled(batch.Known[row], input, out int kind))
            {
                kinds[kind]++;
                skipped++;
                foreach (LookupTally tally in KindOf(kind).NotFound)
                {
                    tally.AddUnfound(batch, row);
                }
            }
            else
            {
                kept[row] = true;
            }
        }

        batch.Keep(kept);
        Interlocked.Add(ref _skipped, skipped);
        return kinds;
    }

    // Once for all that was read for a batch: each kind has counts of a dozen sorts.
    private void CountSkipped(Sifted sifted)
    {
        for (int kind = 0; kind < sifted.Kinds.Length; kind++)
        {
            if (sifted.Kinds[kind] > 0)
            {
                KnownKind known = KindOf(kind);
                sifted.Batch.Counts.Add(known.Counts, sifted.Kinds[kind]);
                foreach (LookupTally tally in known.Found)
                {
                    tally.AddFound(sifted.Kinds[kind]);
                }
            }
        }
    }

    /// <summary>Counts a batch that was committed.</summary>
    /// <exception cref="WholeRunNeededException">So much differs that writing everything is quicker.</exception>
    public void Count(RecordBatch batch)
    {
        int kept = ((StagedTuples)batch.Staged!).Hashes!.Unchanged;
        long unchanged = Interlocked.Add(ref _kept, kept) + Interlocked.Read(ref _skipped);
        long written = Interlocked.Add(ref _written, batch.RowCount - kept);
        if (written > Math.Max(published.Rows, LeastToJudge) * MostWritten || (written + unchanged >= LeastToJudge && written > unchanged))
        {
            throw new WholeRunNeededException("more than 15 % of the rows differ from the published result");
        }
    }

    /// <summary>To be called when all batches are committed.</summary>
    /// <exception cref="WholeRunNeededException">Ids repeat that were taken for the only ones.</exception>
    public void RequireDistinct()
    {
        if (former.AreRepeated)
        {
            throw new WholeRunNeededException("legacy ids repeat that did not in the published result", isRepeat: true);
        }
    }

    /// <summary>Starts over.</summary>
    public void Restart()
    {
        former.Restart();
        _next?.Batch.Dispose();
        _next = null;
        (_skipped, _kept, _written) = (0, 0, 0);
    }

    private KnownKind KindOf(int kind)
    {
        if (!_kinds.TryGetValue(kind, out KnownKind? known))
        {
            BatchCounts counts = CountsJson.Read(Encoding.UTF8.GetString(former.Kind(kind)));
            _kinds[kind] = known = new KnownKind(
                counts,
                [.. _tallies.Where(tally => IsFound(tally.Definition, counts) == true)],
                [.. _tallies.Where(tally => IsFound(tally.Definition, counts) == false)]);
        }

        return known;
    }

    // Null where nothing was asked.
    private static bool? IsFound(ValidLookup lookup, BatchCounts counts)
        => lookup.Role == LookupRole.Match ? counts.Matched > 0
            : !counts.ParentIds.ContainsKey(lookup.Label) ? null
            : !counts.UnresolvedParents.Keys.Any(unresolved => unresolved.Property == lookup.Label);

    // A batch of which only what has to be compared is left, and of how many records of each kind it was not.
    private sealed record Sifted(RecordBatch Batch, int[] Kinds);

    private sealed record KnownKind(BatchCounts Counts, IReadOnlyList<LookupTally> Found, IReadOnlyList<LookupTally> NotFound);
}
