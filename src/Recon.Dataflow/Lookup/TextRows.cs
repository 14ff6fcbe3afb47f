using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Lookup;

/// <summary>Gathers mirror rows whose values are texts, and joins them to the keys of a batch.</summary>
internal sealed class TextRows(IReadOnlyList<string> columns)
{
    private readonly List<byte> _bytes = [];
    private readonly List<int> _starts = [];
    private readonly List<int> _lengths = [];
    private readonly List<long> _ids = [];
    private readonly List<int> _keyOfRow = [];

    public static IReadOnlyList<MirrorColumn> Typed(IReadOnlyList<string> columns)
        => [.. columns.Select(name => new MirrorColumn(name, MirrorType.Text))];

    /// <param name="key">The index of the key that it was found by.</param>
    /// <param name="valueOf">A value by column; empty and null are the same.</param>
    public void Add(int key, long hubspotId, Func<string, string?> valueOf)
    {
        _keyOfRow.Add(key);
        _ids.Add(hubspotId);
        foreach (string column in columns)
        {
            byte[] value = Encoding.UTF8.GetBytes(valueOf(column) ?? "");
            _starts.Add(_bytes.Count);
            _lengths.Add(value.Length == 0 ? -1 : value.Length);
            _bytes.AddRange(value);
        }
    }

    /// <summary>The answer to a batch's keys, which owns the rows.</summary>
    public LookupAnswer Answer(BatchKeys keys)
    {
#pragma warning disable CA2000 // The answer owns the rows, and the batch the answer.
        var rows = new MirrorRows(Typed(columns), [.. _bytes], [.. _starts], [.. _lengths], [.. _ids], _ids.Count, pooled: false);
        return AnswerJoin.Join(keys, rows, [.. _keyOfRow]);
#pragma warning restore CA2000
    }
}
