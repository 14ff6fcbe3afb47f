using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>The HubSpot account that the mirror is of.</summary>
internal sealed record HubspotDefinition
{
    [Option("The number of the account, which HubSpot calls Hub ID or portal: \"recon review\" links to its records.", Required = true, Minimum = 1, Maximum = 9_007_199_254_740_991)]
    public long Portal { get; init; }
}
