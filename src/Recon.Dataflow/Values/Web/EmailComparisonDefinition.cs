using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Web;

[Kind("email", "The same e-mail address, whatever the case.", Shorthand = true)]
internal sealed record EmailComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new ConvertedComparison(new EmailConversion());
}
