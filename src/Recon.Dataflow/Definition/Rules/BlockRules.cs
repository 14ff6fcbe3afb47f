namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about the list of blocks: which there must be, in which order, with which names and capacities.</summary>
internal static class BlockRules
{
    private static readonly string[] s_order = ["csv", "batch", "lookup", "diff", "stage"];

    public static void Check(PipelineDefinition pipeline, RuleReport report)
    {
        int highest = 0;
        int[] counts = new int[s_order.Length];
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (BlockDefinition block in pipeline.Blocks)
        {
            int rank = Array.IndexOf(s_order, block.Kind);
            if (rank < highest)
            {
                report.Add(block, "kind", $"'{block.Kind}' must come before '{s_order[highest]}'; the order is {string.Join(", ", s_order)}");
            }

            highest = Math.Max(highest, rank);
            if (++counts[rank] == 2 && block is not LookupBlockDefinition)
            {
                report.Add(block, "kind", $"a pipeline has one '{block.Kind}' block only");
            }

            CheckName(block, labels, report);
            CheckCapacity(block, report);
        }

        for (int rank = 0; rank < s_order.Length; rank++)
        {
            if (counts[rank] == 0)
            {
                report.AddMissing(pipeline, nameof(pipeline.Blocks), $"there is no '{s_order[rank]}' block; a pipeline has csv, batch, lookup (one or more), diff and stage");
            }
        }
    }

    private static void CheckName(BlockDefinition block, Dictionary<string, string> labels, RuleReport report)
    {
        string? member = block.Name is null ? null : nameof(block.Name);
        if (!Names.IsLabel(block.Label))
        {
            report.Add(block, member, "names may hold a to z, 0 to 9, - and _ only, at most 63: they become metric labels");
        }
        else if (!labels.TryAdd(block.Label, block.Kind))
        {
            string remedy = block.Name is null ? "; give it a \"name\"" : "";
            report.Add(block, member, $"another block is already named '{block.Label}'{remedy}");
        }
    }

    private static void CheckCapacity(BlockDefinition block, RuleReport report)
    {
        (int capacity, int workers, string member) = block switch
        {
            LookupBlockDefinition lookup => (lookup.Capacity, lookup.Parallelism, "parallelism"),
            DiffBlockDefinition diff => (diff.Capacity, diff.Parallelism, "parallelism"),
            StageBlockDefinition stage => (stage.Capacity, stage.Writers, "writers"),
            _ => (1, 1, ""),
        };
        if (capacity < workers)
        {
            report.Add(
                block,
                report.Gives(block, "capacity") ? "capacity" : member,
                $"capacity ({capacity}) must be at least {member} ({workers}): a block holds its running batches too");
        }
    }
}
