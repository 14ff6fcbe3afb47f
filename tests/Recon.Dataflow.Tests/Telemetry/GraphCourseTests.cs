using CsCheck;
using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Tests.Telemetry;

public sealed class GraphCourseTests
{
    [Theory]
    [InlineData(10, 10)]
    [InlineData(60, 60)]
    [InlineData(61, 60)]
    [InlineData(62, 31)]
    [InlineData(120, 60)]
    [InlineData(3_600, 31)]
    public void Until_ARunOfSeconds_IsToldByAtMost60Moments(int seconds, int moments)
    {
        GraphCourse course = new();
        for (int second = 1; second < seconds; second++)
        {
            course.Add(Moment(second));
        }

        IReadOnlyList<GraphMoment> told = course.Until(Moment(seconds));

        Assert.Equal(moments, told.Count);
        Assert.Equal(seconds, told[^1].Records);

        // Of about the same length.
        double[] lengths = [.. told.Zip(told.Skip(1), (before, now) => (now.At - before.At).TotalSeconds)];
        Assert.True(lengths[..^1].Max() <= 2 * lengths[..^1].Min(), string.Join(' ', lengths));
    }

    [Fact]
    public void Until_AnyMoments_GrowAndEndWithTheLast()
        => Gen.Int[1, 5_000].Array[1, 200].Sample(milliseconds =>
        {
            GraphCourse course = new();
            double at = 0;
            foreach (int apart in milliseconds)
            {
                at += apart / 1000.0;
                course.Add(Moment(at));
            }

            GraphMoment last = Moment(at + 0.001);
            IReadOnlyList<GraphMoment> told = course.Until(last);

            Assert.InRange(told.Count, 1, GraphCourse.Most);
            Assert.Same(last, told[^1]);
            Assert.All(told.Zip(told.Skip(1)), pair => Assert.True(pair.First.At < pair.Second.At));
        });

    [Fact]
    public void Add_LooksWithinASecond_AreOneMoment()
    {
        GraphCourse course = new();
        foreach (double second in (double[])[0.1, 0.5, 1, 1.1, 1.2, 2])
        {
            course.Add(Moment(second));
        }

        Assert.Equal([1.0, 2, 2.5], course.Until(Moment(2.5)).Select(moment => moment.At.TotalSeconds));
        Assert.Equal([1.0, 2.1], course.Until(Moment(2.1)).Select(moment => moment.At.TotalSeconds));
    }

    private static GraphMoment Moment(double seconds) => new(TimeSpan.FromSeconds(seconds), (long)seconds, []);
}
