using System.IO.Hashing;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>Counts what a lookup found, and keeps some of the ids that it did not find. Thread-safe.</summary>
/// <param name="column">Index of the file's column that holds its ids; -1 for a fallback, whose keys are not ids.</param>
/// <remarks>
/// The ids with the smallest hashes are kept, so that the sample is the same in whatever order batches come. The hash has
/// no secret: a file that aims at it chooses only what a warning speaks of.
/// </remarks>
internal sealed class LookupTally(ValidLookup definition, int column)
{
    public const int MostIds = 1_000;

    private readonly Lock _gate = new();
    private readonly SortedSet<(ulong Hash, string Id)> _unfound = [];
    private ulong _most = ulong.MaxValue;
    private long _asked;
    private long _found;

    public ValidLookup Definition => definition;

    /// <summary>Records that had something to look for; a malformed id counts.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    /// <summary>Records for which something was found.</summary>
    public long Found => Interlocked.Read(ref _found);

    /// <summary>Some of the ids that were not found, as the file has them.</summary>
    public IReadOnlyList<string> Unfound
    {
        get
        {
            lock (_gate)
            {
                return [.. _unfound.Select(one => one.Id)];
            }
        }
    }

    public void Add(RecordBatch batch, LookupAnswer answer)
    {
        long asked = column < 0 ? answer.Asked : 0;
        long found = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (answer.Candidates(row).Length > 0)
            {
                found++;
                asked += column < 0 ? 0 : 1;
            }
            else if (column >= 0 && batch.Field(row, column) is { IsEmpty: false } id)
            {
                asked++;
                Keep(id);
            }
        }

        Interlocked.Add(ref _asked, asked);
        Interlocked.Add(ref _found, found);
    }

    private void Keep(ReadOnlySpan<byte> id)
    {
        ulong hash = XxHash3.HashToUInt64(id);
        if (hash >= Volatile.Read(ref _most))
        {
            return;
        }

        lock (_gate)
        {
            if (_unfound.Add((hash, Encoding.UTF8.GetString(id))) && _unfound.Count > MostIds)
            {
                _unfound.Remove(_unfound.Max);
                Volatile.Write(ref _most, _unfound.Max.Hash);
            }
        }
    }
}

/// <summary>A lookup whose answers are counted.</summary>
internal sealed class TalliedLookup(ILookup inner, LookupTally tally) : ILookup
{
    public ValidLookup Definition => inner.Definition;

    public IReadOnlyList<MirrorColumn> Columns => inner.Columns;

    public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        LookupAnswer answer = await inner.FindAsync(batch, cancellationToken);
        tally.Add(batch, answer);
        return answer;
    }
}
