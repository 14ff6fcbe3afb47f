using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

[Kind("lower", "Writes the value in lower case (Unicode, no language's special rules).", Shorthand = true)]
internal sealed record LowerDefinition : ConversionDefinition
{
    internal override IConversion Compile(ConversionContext context) => new CaseConversion(LetterCase.Lower);
}
