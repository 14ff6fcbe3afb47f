using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Time;

[Kind("date", "The same calendar day.", Shorthand = true)]
internal sealed record DateComparisonDefinition : TimeComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new TimeComparison(dayOnly: true);
}
