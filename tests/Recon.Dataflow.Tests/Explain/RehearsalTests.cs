using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Tests.Diff;

namespace Recon.Dataflow.Tests.Explain;

public sealed class RehearsalTests
{
    [Fact]
    public async Task Run_MadeUpDefinition_BothRecordsComeThrough()
    {
        ValidDefinition definition = Rehearsal.ReadDefinition();

        Assert.Equal(2, await Rehearsal.RunAsync(definition, plan => new RowCollector(plan), CancellationToken.None));
    }
}
