using Recon.Benchmarks.Results;
using Recon.Dataflow.Telemetry;

namespace Recon.Cli.Tests.Benchmarks;

public sealed class QuietMachineTests
{
    [Theory]
    [InlineData(0.02)]
    [InlineData(0.1)]
    [InlineData(null)]
    public void Judge_QuietOrUnknown_DisturbsNothing(double? all) => Assert.Null(QuietMachine.Judge(new ProcessorUse(0.01, all, 2)));

    [Fact]
    public void Judge_Busy_SaysHowMuch()
        => Assert.Contains("busy for 35 % of the time", QuietMachine.Judge(new ProcessorUse(0.01, 0.35, 2)), StringComparison.Ordinal);
}
