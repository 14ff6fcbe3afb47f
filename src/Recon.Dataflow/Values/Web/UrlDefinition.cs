using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Web;

[Kind("url", "Writes a web address in a uniform way: with scheme (https when it has none), lower-case host, no slash after a bare host.", Shorthand = true)]
internal sealed record UrlDefinition : ConversionDefinition
{
    internal override ComparisonDefinition Produces => new UrlComparisonDefinition();

    internal override IConversion Compile(ConversionContext context) => new UrlConversion();
}
