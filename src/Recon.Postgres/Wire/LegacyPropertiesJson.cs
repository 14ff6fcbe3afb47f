using System.Buffers;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Wire;

/// <summary>Writes the mapped columns of a row as a JSON object: names prepared once, plain values copied as they are.</summary>
/// <remarks>
/// Names come in the order in which <c>jsonb</c> keeps them (by length, then by bytes), so that the server finds them
/// sorted. A value with anything to escape goes through <see cref="Utf8JsonWriter"/>.
/// </remarks>
#pragma warning disable CA1001 // A writer over memory holds nothing that has to be freed.
internal sealed class LegacyPropertiesJson
#pragma warning restore CA1001
{
    private static readonly SearchValues<byte> s_escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    private readonly (int Column, byte[] Name)[] _columns;
    private Utf8JsonWriter? _writer;

    /// <param name="columns">The columns, with their names as JSON texts.</param>
    public LegacyPropertiesJson(IEnumerable<(int Column, JsonEncodedText Name)> columns)
        => _columns = [.. columns
            .OrderBy(column => column.Name.EncodedUtf8Bytes.Length)
            .ThenBy(column => column.Name.Value, StringComparer.Ordinal)
            .Select(column => (column.Column, (byte[])[(byte)'"', .. column.Name.EncodedUtf8Bytes, (byte)'"', (byte)':']))];

    /// <param name="to">Takes it, into the field that was begun.</param>
    public void Write(BinaryCopyBuffer to, RecordBatch batch, int row)
    {
        byte before = (byte)'{';
        foreach ((int column, byte[] name) in _columns)
        {
            ReadOnlySpan<byte> value = batch.Field(row, column);
            if (value.IsEmpty)
            {
                continue;
            }

            bool plain = value.IndexOfAny(s_escaped) < 0;
            Span<byte> room = to.GetSpan(name.Length + value.Length + 3);
            room[0] = before;
            name.CopyTo(room[1..]);
            int used = 1 + name.Length;
            before = (byte)',';
            if (plain)
            {
                room[used++] = (byte)'"';
                value.CopyTo(room[used..]);
                used += value.Length;
                room[used++] = (byte)'"';
                to.Advance(used);
                continue;
            }

            to.Advance(used);
            WriteEscaped(to, value);
        }

        Span<byte> end = to.GetSpan(2);
        int length = 0;
        if (before == (byte)'{')
        {
            end[length++] = before;
        }

        end[length++] = (byte)'}';
        to.Advance(length);
    }

    private void WriteEscaped(BinaryCopyBuffer to, ReadOnlySpan<byte> value)
    {
        if (_writer is null)
        {
            _writer = new Utf8JsonWriter(to, ReconciliationPlan.JsonOptions);
        }
        else
        {
            _writer.Reset(to);
        }

        _writer.WriteText(value);
        _writer.Flush();
    }
}
