using Recon.Dataflow.Definition;
using Recon.Dataflow.Tests.Diff;
using Recon.Dataflow.Topology;

namespace Recon.Dataflow.Tests.Topology;

public sealed class MermaidGraphTests
{
    [Fact]
    public void Draw_Pipeline_ShowsEveryBlockWithItsLimits()
    {
        ValidPipeline pipeline = Diffing.Pipeline([Diffing.Property()], lookups: [Diffing.MatchLookup, Diffing.ParentLookup]);

        Assert.Equal(
            """
            flowchart LR
              subgraph things
                things_0["csv<br/>things.csv<br/>source"]
                things_1["batch<br/>1000 rows or 4194304 bytes<br/>capacity 2 · parallelism 1"]
                things_2["lookup match<br/>hubspot.things · any<br/>capacity 4 · parallelism 2"]
                things_3["lookup company<br/>hubspot.companies · any<br/>capacity 4 · parallelism 2"]
                things_4["diff<br/>1 properties<br/>capacity 2 · parallelism 1"]
                things_5["stage<br/>things<br/>capacity 2 · parallelism 1"]
                things_0 --> things_1
                things_1 --> things_2
                things_2 --> things_3
                things_3 --> things_4
                things_4 --> things_5
              end

            """,
            MermaidGraph.Draw([pipeline]));
    }

    [Fact]
    public void Draw_TextWithMarkup_IsEscaped()
    {
        ValidPipeline pipeline = GraphRig.Chain().With(block => block is CsvBlockDefinition csv ? csv with { Path = "a\"<b>.csv" } : block);

        Assert.Contains("[\"csv<br/>a#quot;#lt;b#gt;.csv<br/>source\"]", MermaidGraph.Draw([pipeline]), StringComparison.Ordinal);
    }
}
