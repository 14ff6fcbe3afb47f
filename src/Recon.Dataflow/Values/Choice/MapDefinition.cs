using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

/// <summary>Replaces values by others.</summary>
[Kind("map", "Replaces legacy values with HubSpot's internal values. Values are trimmed; nothing is guessed.")]
internal sealed record MapDefinition : ConversionDefinition, ISelfValidating
{
    [Option("HubSpot's internal value for each legacy value. An empty one means \"no value\".", Required = true)]
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    [Option("Whether the case of the legacy values is ignored.")]
    public bool IgnoreCase { get; init; }

    [Option("What happens to any other value: \"reject-value\" does not stage it, \"reject-row\" rejects the record, \"pass\" keeps it.")]
    public UnmappedPolicy OnUnmapped { get; init; } = UnmappedPolicy.RejectValue;

    internal override ComparisonDefinition Produces => new EnumerationComparisonDefinition();

    public IEnumerable<(string Member, string Message)> Validate() => MapRules.Check(nameof(Values), Values, IgnoreCase);

    internal override IEnumerable<Alternative> Alternatives(bool hasAccepted)
        => IgnoreCase ? [] : [new Alternative(this with { IgnoreCase = true })];

    internal override IConversion Compile(ConversionContext context) => new MapConversion(Values, IgnoreCase, OnUnmapped);
}
