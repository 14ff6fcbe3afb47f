using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

[Kind("upper", "Writes the value in upper case (Unicode, without the special rules of any language).", Shorthand = true)]
internal sealed record UpperDefinition : ConversionDefinition
{
    internal override IConversion Compile(ConversionContext context) => new CaseConversion(LetterCase.Upper);
}
