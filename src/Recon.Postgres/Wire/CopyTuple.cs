using System.Buffers.Binary;

namespace Recon.Postgres.Wire;

/// <summary>One tuple of a binary COPY: a 16-bit number of fields, then each behind its 32-bit length, -1 for null.</summary>
/// <param name="width">The number of fields that tuples have.</param>
internal sealed class CopyTuple(int width)
{
    private const int CountBytes = sizeof(short);
    private const int LengthBytes = sizeof(int);

    private readonly FieldPlace[] _fields = new FieldPlace[width];

    /// <summary>The fields of the tuple that was read last, by their place in the buffer that held it.</summary>
    public ReadOnlySpan<FieldPlace> Fields => _fields;

    /// <returns>Its bytes; 0 when more of it is to come, -1 for the trailer.</returns>
    /// <exception cref="InvalidDataException">It has another number of fields.</exception>
    public int Read(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length < CountBytes)
        {
            return 0;
        }

        short count = BinaryPrimitives.ReadInt16BigEndian(buffer);
        if (count == -1)
        {
            return -1;
        }

        if (count != _fields.Length)
        {
            throw new InvalidDataException($"A tuple of the COPY has {count} fields in place of {_fields.Length}.");
        }

        int at = CountBytes;
        for (int field = 0; field < _fields.Length; field++)
        {
            if (buffer.Length - at < LengthBytes)
            {
                return 0;
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(buffer[at..]);
            at += LengthBytes;
            _fields[field] = new FieldPlace(at, length);
            at += Math.Max(length, 0);
            if (at > buffer.Length)
            {
                return 0;
            }
        }

        return at;
    }
}
