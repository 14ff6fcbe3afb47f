using System.Buffers.Binary;
using CsCheck;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tests.Wire;

/// <summary>Which mirror rows are as they were.</summary>
public sealed class UnchangedIdsTests
{
    private const int Many = 20_000;

    [Fact]
    public void Contains_FewIdsInAnyOrder_TellsExactly()
        => Gen.Select(Gen.Long[-3, 200].HashSet[0, 100], Gen.Long[-3, 200].Array[0, 300]).Sample(drawn =>
        {
            (HashSet<long> held, long[] asked) = drawn;
            long[] unchanged = [.. held.Where(id => id % 3 != 0)];
            var ids = new UnchangedIds(Pack(unchanged), Pack([.. held.Except(unchanged)]));

            Assert.All(asked, id => Assert.Equal(id != 0 && unchanged.Contains(id), ids.Contains(id)));
        });

    [Theory]
    [InlineData(1)] // in order
    [InlineData(7)] // with others between
    [InlineData(40)] // farther than is looked
    [InlineData(7919)] // in no order
    public void Contains_ManyIds_SaysYesOfNoOtherAndNoOfFew(int step)
    {
        long[] unchanged = [.. Enumerable.Range(1, Many).Select(number => number * 1000L)];
        long[] changed = [.. Enumerable.Range(1, 50).Select(number => (number * 1000L) + 1)];
        var ids = new UnchangedIds(Pack(unchanged), Pack(changed));
        int denied = 0;
        for (int turn = 0, at = 0; turn < Many; turn++, at = (at + step) % Many)
        {
            denied += ids.Contains(unchanged[at]) ? 0 : 1;
            Assert.False(ids.Contains(unchanged[at] + 1), "an id that it does not hold");
        }

        Assert.InRange(denied, 0, 300);
    }

    [Fact]
    public void Contains_ManyIdsInOrderWithSomeGone_FindsAllOthers()
    {
        long[] unchanged = [.. Enumerable.Range(1, Many).Where(number => number % 100 != 0).Select(number => number * 1000L)];
        var ids = new UnchangedIds(Pack(unchanged), []);

        Assert.Equal(unchanged.Length, Enumerable.Range(1, Many).Count(number => ids.Contains(number * 1000L)));
    }

    private static byte[] Pack(long[] ids)
    {
        byte[] packed = new byte[ids.Length * sizeof(long)];
        for (int index = 0; index < ids.Length; index++)
        {
            BinaryPrimitives.WriteInt64BigEndian(packed.AsSpan(index * sizeof(long)), ids[index]);
        }

        return packed;
    }
}
