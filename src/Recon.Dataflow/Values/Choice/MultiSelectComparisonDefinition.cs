using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

[Kind("multi-select", "The same set of values: order and repeats do not count.", Shorthand = true)]
internal sealed record MultiSelectComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new MultiSelectComparison();
}
