using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Web;

[Kind("domain", "The same host, without scheme, www., port, path and query.", Shorthand = true)]
internal sealed record DomainComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new ConvertedComparison(new DomainConversion());
}
