using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>One block of a pipeline's graph.</summary>
[Union(
    typeof(CsvBlockDefinition),
    typeof(BatchBlockDefinition),
    typeof(LookupBlockDefinition),
    typeof(DiffBlockDefinition),
    typeof(StageBlockDefinition))]
internal abstract record BlockDefinition
{
    /// <summary>Name in the graph and in the metrics; the kind when <see langword="null"/>. Unique in the pipeline.</summary>
    [Option("Name in the graph and in the metrics. Unique in the pipeline. Default: the kind.")]
    public string? Name { get; init; }

    /// <summary>The name, or the kind where none is given.</summary>
    public string Label => Name ?? Kind;

    /// <summary>The value of <c>kind</c>.</summary>
    public string Kind => KindAttribute.Of(this);
}

/// <summary>Groups records into batches, the unit of work.</summary>
[Kind("batch", "Groups records into batches: the unit that is looked up, compared, staged, committed and resumed as one.")]
internal sealed record BatchBlockDefinition : BlockDefinition
{
    /// <summary>Most records in a batch.</summary>
    /// <value>1 to 100,000. Default: 1,000.</value>
    [Option("Most records in a batch.", Minimum = 1, Maximum = 100_000)]
    public int Rows { get; init; } = 1_000;

    /// <summary>Bytes of input after which a batch is closed, whatever its rows.</summary>
    /// <value>1 KiB to 256 MiB. Default: 4 MiB.</value>
    [Option("Bytes of input (as UTF-8) after which a batch is closed, whatever its number of records.", Minimum = 1_024, Maximum = 268_435_456)]
    public int Bytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Batches that may wait for the first lookup.</summary>
    /// <value>1 to 64. Default: 2.</value>
    [Option("Batches that may wait for the first lookup.", Minimum = 1, Maximum = 64)]
    public int Capacity { get; init; } = 2;
}
