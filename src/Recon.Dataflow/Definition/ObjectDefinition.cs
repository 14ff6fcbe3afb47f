using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>Which HubSpot object a pipeline's records are: all the same one, or each the one that a column tells.</summary>
[Bare(nameof(Type))]
internal sealed record ObjectDefinition
{
    [Option("The object type of all records, as HubSpot's endpoints name it: companies, calls, 2-123456 …; \"object\": \"companies\" says the same.")]
    public string? Type { get; init; }

    [Option("The column of the file that determines the object type of each record, through \"map\".")]
    public string? From { get; init; }

    [Option("The object type for each value of the column. Records with another value are not exported for HubSpot, but counted.")]
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();
}
