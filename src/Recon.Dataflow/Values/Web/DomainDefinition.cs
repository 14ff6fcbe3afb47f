using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Web;

/// <summary>Reduces a web address or host to its bare host.</summary>
[Kind("domain", "Reduces a web address or host to the lower-case host, without scheme, www., port, path and query.", Shorthand = true)]
internal sealed record DomainDefinition : ConversionDefinition
{
    internal override ComparisonDefinition Produces => new DomainComparisonDefinition();

    internal override IConversion Compile(ConversionContext context) => new DomainConversion();
}
