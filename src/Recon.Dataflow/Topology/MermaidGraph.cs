using System.Text;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Topology;

/// <summary>Draws a wired graph as a Mermaid flowchart.</summary>
internal static class MermaidGraph
{
    /// <summary>Draws pipelines, each as a subgraph.</summary>
    /// <returns>The flowchart; every block with its kind, capacity (batches) and parallelism.</returns>
    public static string Draw(IEnumerable<ValidPipeline> pipelines)
    {
        StringBuilder text = new StringBuilder("flowchart LR").Append('\n');
        foreach (ValidPipeline pipeline in pipelines)
        {
            text.Append("  subgraph ").Append(pipeline.Name).Append('\n');
            IReadOnlyList<BlockStats> blocks = ReconciliationGraph.Describe(pipeline);
            for (int index = 0; index < blocks.Count; index++)
            {
                text.Append("    ").Append(pipeline.Name).Append('_').Append(index).Append("[\"")
                    .Append(Label(blocks[index], pipeline.Blocks[index])).Append("\"]\n");
            }

            for (int index = 1; index < blocks.Count; index++)
            {
                text.Append("    ").Append(pipeline.Name).Append('_').Append(index - 1).Append(" --> ")
                    .Append(pipeline.Name).Append('_').Append(index).Append('\n');
            }

            text.Append("  end\n");
        }

        return text.ToString();
    }

    private static string Label(BlockStats block, BlockDefinition definition)
    {
        string what = definition switch
        {
            CsvBlockDefinition csv => csv.Path,
            BatchBlockDefinition batch => $"{batch.Rows} rows or {batch.Bytes} bytes",
            LookupBlockDefinition lookup => $"{lookup.Table ?? "same table"} · {DefinitionShape.Kebab(lookup.Strategy.ToString())}",
            DiffBlockDefinition diff => $"{diff.Properties.Count} properties",
            StageBlockDefinition stage => stage.Table,
            _ => "",
        };
        string head = block.Name == block.Kind ? block.Kind : $"{block.Kind} {block.Name}";
        string limits = block.Capacity == 0
            ? "source"
            : $"capacity {block.Capacity} · parallelism {block.Parallelism}";
        return $"{head}<br/>{Escape(what)}<br/>{limits}".Replace("\"", "#quot;", StringComparison.Ordinal);
    }

    private static string Escape(string text)
        => text.Replace("<", "#lt;", StringComparison.Ordinal).Replace(">", "#gt;", StringComparison.Ordinal);
}
