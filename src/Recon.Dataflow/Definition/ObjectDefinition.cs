using System.Collections.ObjectModel;
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

    [Option("By object type, what its properties are called in HubSpot where the mirror calls them something else, and its values where they differ: { \"calls\": { \"hs_engagement_subject\": \"hs_call_title\" } }. null: the type has no such property, and it is not sent.", Later = true)]
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, ObjectPropertyDefinition?>> Properties { get; init; }
        = ReadOnlyDictionary<string, IReadOnlyDictionary<string, ObjectPropertyDefinition?>>.Empty;
}

/// <summary>What a property is called in one object type, and how its values are written there.</summary>
[Bare(nameof(Name))]
internal sealed record ObjectPropertyDefinition
{
    [Option("The name of the property in HubSpot; \"hs_engagement_subject\": \"hs_call_title\" says the same.", Required = true)]
    public string Name { get; init; } = "";

    [Option("HubSpot's value for each value of the mirror. A change to a value that is not there is refused in the plan; empty: values are the same.")]
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();
}
