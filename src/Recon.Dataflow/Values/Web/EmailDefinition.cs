using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Web;

/// <summary>Writes an e-mail address in one way.</summary>
[Kind("email", "Writes an e-mail address in lower case, without mailto: and angle brackets.", Shorthand = true)]
internal sealed record EmailDefinition : ConversionDefinition
{
    internal override ComparisonDefinition Produces => new EmailComparisonDefinition();

    internal override IConversion Compile(ConversionContext context) => new EmailConversion();
}
