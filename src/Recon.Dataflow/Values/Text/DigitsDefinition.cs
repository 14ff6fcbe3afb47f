using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("digits", "Keeps the digits 0 to 9 and nothing else; a value without any is empty.", Shorthand = true)]
internal sealed record DigitsDefinition : ConversionDefinition
{
    internal override IConversion Compile(ConversionContext context) => new DigitsConversion();
}
