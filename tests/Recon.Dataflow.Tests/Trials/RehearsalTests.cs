using Recon.Dataflow.Definition;
using Recon.Dataflow.Trials;

namespace Recon.Dataflow.Tests.Trials;

public sealed class RehearsalTests
{
    [Fact]
    public async Task Run_MadeUpDefinition_BothRecordsComeThrough()
    {
        ReconDefinition definition = Rehearsal.ReadDefinition();

        Assert.Equal(2, await Rehearsal.RunAsync(definition, CancellationToken.None));
    }
}
