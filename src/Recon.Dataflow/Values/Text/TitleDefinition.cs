using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

[Kind("title", "Starts every word with a capital and writes the rest in lower case: JEAN-PIERRE O'NEIL becomes Jean-Pierre O'Neil.", Shorthand = true)]
internal sealed record TitleDefinition : ConversionDefinition
{
    internal override IConversion Compile(ConversionContext context) => new CaseConversion(LetterCase.Title);
}
