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
    [Option("Maximum number of records in a batch.", Minimum = 1, Maximum = 100_000)]
    public int Rows { get; init; } = 1_000;

    /// <value>1 KiB to 256 MiB. Default: 4 MiB.</value>
    [Option("Bytes of input (as UTF-8) after which a batch is closed, regardless of its number of records.", Minimum = 1_024, Maximum = 268_435_456)]
    public int Bytes { get; init; } = 4 * 1024 * 1024;

    /// <value>1 MiB to 64 GiB. Default: 32 MiB.</value>
    [Option("Bytes that the batches between reader and commit may hold together: what was read, what the mirror answered, and the rows to write. Reading waits while they hold more; one batch always passes.", Minimum = 1_048_576, Maximum = 68_719_476_736, Later = true)]
    public long ResidentBytes { get; init; } = 32L * 1024 * 1024;

    [Option("Batches that may wait for the first lookup.", Minimum = 1, Maximum = 64)]
    public int Capacity { get; init; } = 2;
}
