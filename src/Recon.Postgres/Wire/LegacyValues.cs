using Recon.Dataflow.Batches;

namespace Recon.Postgres.Wire;

/// <summary>
/// Writes the mapped columns of a row as one text and the number of the list of their names, as
/// <see cref="Recon.Dataflow.Definition.CommonColumns.Packed"/> says: PostgreSQL stores it in a fraction of the time in which it parses <c>jsonb</c>.
/// </summary>
internal sealed class LegacyValues(IReadOnlyList<int> columns)
{
    /// <summary>Stands between two values.</summary>
    public const byte Separator = 0x1F;

    /// <returns>Whether they can be told apart that way; if not, the field is empty and not ended.</returns>
    public bool TryWrite(BinaryCopyBuffer to, RecordBatch batch, int row)
    {
        to.BeginField();
        for (int index = 0; index < columns.Count; index++)
        {
            ReadOnlySpan<byte> value = batch.Field(row, columns[index]);
            Span<byte> room = to.GetSpan(value.Length + 1);
            int before = 0;
            if (index > 0)
            {
                room[before++] = Separator;
            }

            value.CopyTo(room[before..]);
            to.Advance(before + value.Length);
        }

        // PostgreSQL splits an empty text into no value, not into an empty one.
        ReadOnlySpan<byte> packed = to.Field;
        if (!packed.IsEmpty && packed.Count(Separator) == columns.Count - 1)
        {
            to.EndField();
            return true;
        }

        to.EmptyField();
        return false;
    }
}
