using System.Buffers;
using System.Buffers.Binary;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;

namespace Recon.Dataflow.Tests.Diff;

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

            using StagedRows rows = buffer.Detach();

            Assert.Equal(tuples.Length, rows.Count);
            Assert.Equal(Texts(tuples), Texts(CopyTuple.Read(rows, 0).Select(tuple => tuple.Fields)));
            Assert.Equal(
                Convert.ToHexString(rows.Bytes.Span),
                string.Concat(Enumerable.Range(0, rows.Count).Select(index => Convert.ToHexString(rows.Tuple(index).Span))));
            Assert.All(Enumerable.Range(0, rows.Count), index => Assert.Equal(index * 2, rows.SourceRow(index)));
        });

    [Fact]
    public void DropTuple_HalfWritten_LeavesNoTrace()
    {
        using BinaryCopyBuffer buffer = new(2, 16);
        buffer.BeginTuple(1);
        buffer.WriteInt64(1);
        buffer.EndTuple(0);
        buffer.BeginTuple(2);
        buffer.WriteBytes(new byte[300]);
        buffer.DropTuple();
        buffer.BeginTuple(1);
        buffer.WriteInt64(3);
        buffer.EndTuple(2);

        using StagedRows rows = buffer.Detach();

        Assert.Equal([1, 3], CopyTuple.Read(rows, 0).Select(tuple => BinaryPrimitives.ReadInt64BigEndian(tuple.Fields[0])));
        Assert.Equal([0, 2], [rows.SourceRow(0), rows.SourceRow(1)]);
    }

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

        using StagedRows rows = buffer.Detach();

        Assert.Equal([content, null], CopyTuple.Read(rows, 0).Single().Fields);
    }

    [Fact]
    public void Detach_NothingWritten_IsEmpty()
    {
        using BinaryCopyBuffer buffer = new(0, 8);

        using StagedRows rows = buffer.Detach();

        Assert.Equal(0, rows.Bytes.Length);
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
