using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

[Kind("lower", "Writes the value in lower case (Unicode, without the special rules of any language).", Shorthand = true)]
internal sealed record LowerDefinition : ConversionDefinition
{
    internal override IConversion Compile(ConversionContext context) => new CaseConversion(LetterCase.Lower);
}
