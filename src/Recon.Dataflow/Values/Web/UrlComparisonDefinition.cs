using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Web;

[Kind("url", "The same web address; http and https are the same.", Shorthand = true)]
internal sealed record UrlComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new ConvertedComparison(new UrlConversion(ignoreScheme: true));
}
