using System.Buffers.Binary;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Wire;

/// <summary>
/// The records of the published result, as the runs that wrote it left them: by id, the hash of what was staged. Only the reader
/// finds ids; what it found is asked and marked by others, each record by the one batch that has its row.
/// </summary>
#pragma warning disable CA1001 // It lives as long as its run, and the pool does without its arrays.
internal sealed class FormerRecords
#pragma warning restore CA1001
{
    private readonly KeySet _ids;
    private ulong[] _content;
    private Mark[] _marks;
    private int _olderBelow;
    private readonly List<int> _repeated = [];

    /// <param name="expected">About how many records there are.</param>
    public FormerRecords(int expected)
    {
        _ids = new KeySet(expected);
        _content = new ulong[Math.Max(expected, 16)];
        _marks = new Mark[_content.Length];
    }

    [Flags]
    private enum Mark : byte
    {
        None = 0,

        /// <summary>Nothing is known of it but its id: it is compared and written each time.</summary>
        Always = 1,

        /// <summary>It was no longer in the input.</summary>
        Gone = 2,

        Read = 4,
        Unchanged = 8,
    }

    /// <summary>Whether there are rows whose id an earlier row has, too, although each was taken for the only one.</summary>
    public bool AreRepeated => _repeated.Count > 0;

    /// <summary>Begins with the entries of another run, which is older than those before: what they say is no longer so.</summary>
    public void BeginRun() => _olderBelow = _ids.Count;

    /// <summary>Adds what a batch left (<see cref="StagedHashes.Write"/>).</summary>
    /// <exception cref="InvalidDataException">They are not entries.</exception>
    public void Add(ReadOnlySpan<byte> entries)
    {
        while (!entries.IsEmpty)
        {
            var fate = (RowFate)entries[0];
            int length = entries[1];
            entries = entries[2..];
            if (length == byte.MaxValue)
            {
                length = BinaryPrimitives.ReadInt32LittleEndian(entries);
                entries = entries[sizeof(int)..];
            }

            ReadOnlySpan<byte> id = entries[..length];
            entries = entries[length..];
            ulong content = 0;
            if (fate == RowFate.Staged)
            {
                content = BinaryPrimitives.ReadUInt64LittleEndian(entries);
                entries = entries[sizeof(ulong)..];
            }

            Add(id, fate, content);
        }
    }

    private void Add(ReadOnlySpan<byte> id, RowFate fate, ulong content)
    {
        int before = _ids.Count;
        int number = _ids.Add(id);
        if (number < _olderBelow)
        {
            return;
        }

        if (number < before)
        {
            // A run has several rows of one id: what it staged of them depends on all.
            _marks[number] = Mark.Always;
            return;
        }

        if (number == _content.Length)
        {
            Array.Resize(ref _content, checked(number * 2));
            Array.Resize(ref _marks, _content.Length);
        }

        _content[number] = content;
        _marks[number] = fate switch
        {
            RowFate.Staged => Mark.None,
            RowFate.Gone => Mark.Always | Mark.Gone,
            _ => Mark.Always,
        };
    }

    /// <summary>Finds the ids of a batch's rows, and marks them as read. One caller, batch after batch.</summary>
    public void Find(RecordBatch batch, int idColumn)
    {
        int[] known = new int[batch.RowCount];
        for (int row = 0; row < known.Length; row++)
        {
            int number = known[row] = _ids.IndexOf(batch.Field(row, idColumn));
            if (number < 0)
            {
                continue;
            }

            if ((_marks[number] & (Mark.Read | Mark.Always)) == Mark.Read)
            {
                _repeated.Add(number);
            }

            _marks[number] |= Mark.Read;
        }

        batch.Known = known;
    }

    /// <summary>Forgets what was read, and relies no more on ids that turned out to be repeated.</summary>
    public void Restart()
    {
        for (int number = 0; number < _ids.Count; number++)
        {
            _marks[number] &= ~(Mark.Read | Mark.Unchanged);
        }

        _repeated.ForEach(number => _marks[number] |= Mark.Always);
        _repeated.Clear();
    }

    /// <summary>Whether a record was published as it is staged now, which is noted.</summary>
    /// <param name="number">What <see cref="Find"/> found.</param>
    public bool IsUnchanged(int number, ulong content)
    {
        if (number < 0 || (_marks[number] & Mark.Always) != 0 || _content[number] != content)
        {
            return false;
        }

        _marks[number] |= Mark.Unchanged;
        return true;
    }

    /// <summary>The ids whose published rows are not simply kept: changed, no longer in the input, or of which nothing is known.</summary>
    public IEnumerable<string> Touched() => Where(static mark => (mark & Mark.Unchanged) == 0 && (mark & (Mark.Gone | Mark.Read)) != Mark.Gone);

    /// <summary>Writes entries for the ids that are no longer in the input, so that they are not looked for again.</summary>
    public byte[] WriteGone()
    {
        using var entries = new MemoryStream();
        foreach (string id in Where(static mark => (mark & (Mark.Read | Mark.Gone)) == 0))
        {
            StagedHashes.WriteEntry(entries, RowFate.Gone, Encoding.UTF8.GetBytes(id), 0);
        }

        return entries.ToArray();
    }

    private IEnumerable<string> Where(Func<Mark, bool> wanted)
    {
        for (int number = 0; number < _ids.Count; number++)
        {
            if (wanted(_marks[number]))
            {
                yield return Encoding.UTF8.GetString(_ids[number]);
            }
        }
    }
}
