using CsCheck;
using Recon.Postgres.Push;

namespace Recon.Postgres.Tests.Push;

/// <summary>No stretch of an interval holds more calls than are allowed, and calls are not held back for long.</summary>
public sealed class CallWindowTests
{
    private const long Start = 1_800_000_000_000;

    [Fact]
    public void Window_AnyStretchOfAnInterval_HoldsNoMoreThanAllowed()
        => Gen.Select(Gen.Int[1, 30], Gen.Int[0, 700].Array[1, 200]).Sample((max, gaps) =>
        {
            CallWindow window = new CallWindow(max, 10_000, 0, []).At(Start);
            long now = Start;
            List<long> taken = [];
            foreach (int gap in gaps)
            {
                now += gap;
                window = window.At(now);
                if (window.Room > 0)
                {
                    window = window.With(1);
                    taken.Add(now);
                }
            }

            return taken.All(from => taken.Count(time => time >= from && time < from + 10_000) <= max);
        });

    [Fact]
    public void Wait_WhenItIsOver_LeavesRoom()
        => Gen.Select(Gen.Int[1, 5], Gen.Int[0, 3_000].Array[5, 20]).Sample((max, gaps) =>
        {
            CallWindow window = new CallWindow(max, 10_000, 0, []).At(Start);
            long now = Start;
            foreach (int gap in gaps)
            {
                now += gap;
                window = window.At(now);
                if (window.Room <= 0)
                {
                    long wait = window.Wait(now);
                    Assert.InRange(wait, 1, 10_250);
                    now += wait;
                    window = window.At(now);
                    Assert.True(window.Room > 0);
                }

                window = window.With(1);
            }
        });

    [Fact]
    public void Limit_Changed_KeepsWhatWasUsed()
    {
        CallWindow window = new CallWindow(100, 10_000, 0, []).At(Start).With(60);

        Assert.Equal(130, window.Under(190, 10_000, Start).Room);
        Assert.Equal(130, window.Under(190, 1_000, Start).At(Start).Room);
        Assert.Equal(100, window.At(Start + 20_000).Room);
        Assert.Equal(40, window.At(Start - 5_000).Room);
    }
}
