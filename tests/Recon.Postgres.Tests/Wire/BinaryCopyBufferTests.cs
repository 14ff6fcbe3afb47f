using System.Buffers;
using System.Buffers.Binary;
using CsCheck;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tests.Wire;

public sealed class BinaryCopyBufferTests
{
    [Fact]
    public void Write_AnyTuplesFromATinyBuffer_ReadBackAsTheyWere()
        => Gen.Byte.Array[0, 300].Null().Array[1, 5].Array[0, 20].Sample(tuples =>
        {
            using BinaryCopyBuffer buffer = new(tuples.Length, 1);
            for (int tuple = 0; tuple < tuples.Length; tuple++)
            {
                buffer.BeginTuple((short)tuples[tuple].Length);
                foreach (byte[]? field in tuples[tuple])
                {
                    Write(buffer, field);
                }

                buffer.EndTuple(tuple * 2);
            }

            Assert.Equal(tuples.Length, buffer.Count);
            Assert.Equal(Texts(tuples), Texts(DecodedTuple.Read(buffer, 0).Select(tuple => tuple.Fields)));
            Assert.Equal(
                Convert.ToHexString(buffer.Bytes.Span),
                string.Concat(Enumerable.Range(0, buffer.Count).Select(index => Convert.ToHexString(buffer.Tuple(index).Span))));
            Assert.All(Enumerable.Range(0, buffer.Count), index => Assert.Equal(index * 2, buffer.SourceRow(index)));
        });

    [Fact]
    public void Write_FieldThroughTheBufferWriter_HasItsLength()
    {
        byte[] content = [.. Enumerable.Range(0, 5_000).Select(value => (byte)value)];
        using BinaryCopyBuffer buffer = new(1, 8);
        buffer.BeginTuple(2);
        buffer.BeginField();
        buffer.Write(content);
        buffer.EndField();
        buffer.WriteTextOrNull([]);
        buffer.EndTuple(0);

        Assert.Equal([content, null], DecodedTuple.Read(buffer, 0).Single().Fields);
    }

    [Fact]
    public void Bytes_NothingWritten_IsEmpty()
    {
        using BinaryCopyBuffer buffer = new(0, 8);

        Assert.Equal(0, buffer.Bytes.Length);
    }

    [Fact]
    public void Header_OfABinaryCopy_IsWhatPostgresExpects()
    {
        Assert.Equal("PGCOPY\n\u00FF\r\n\0\0\0\0\0\0\0\0\0", System.Text.Encoding.Latin1.GetString(BinaryCopyBuffer.Header));
        Assert.Equal(-1, BinaryPrimitives.ReadInt16BigEndian(BinaryCopyBuffer.Trailer));
    }

    private static IEnumerable<string> Texts(IEnumerable<IReadOnlyList<byte[]?>> tuples) => tuples.Select(
        tuple => string.Join(' ', tuple.Select(field => field is null ? "null" : Convert.ToHexString(field))));

    private static void Write(BinaryCopyBuffer buffer, byte[]? field)
    {
        if (field is null)
        {
            buffer.WriteNull();
        }
        else
        {
            buffer.WriteBytes(field);
        }
    }
}
