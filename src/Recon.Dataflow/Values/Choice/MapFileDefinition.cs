using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

/// <summary>Replaces values by others that a CSV file lists.</summary>
[Kind("map-file", "Replaces legacy values with those listed in a CSV file with the header from,to: owners, stages.")]
internal sealed record MapFileDefinition : ConversionDefinition
{
    [Option("The CSV file, relative to the definition: UTF-8, comma, header from,to.", Required = true)]
    public string Path { get; init; } = "";

    [Option("Whether the case of the legacy values is ignored.")]
    public bool IgnoreCase { get; init; }

    [Option("What happens to any other value: \"reject-value\" does not stage it, \"reject-row\" rejects the record, \"pass\" keeps it.")]
    public UnmappedPolicy OnUnmapped { get; init; } = UnmappedPolicy.RejectValue;

    internal override ComparisonDefinition Produces => new EnumerationComparisonDefinition();

    internal override IEnumerable<Alternative> Alternatives(bool hasAccepted)
        => IgnoreCase ? [] : [new Alternative(this with { IgnoreCase = true })];

    internal override IConversion Compile(ConversionContext context) => new MapConversion(MapFile.Read(this, context), IgnoreCase, OnUnmapped);
}
