using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Number;

[Kind("integer", "Reads a whole number in the declared notation; a fraction other than zeros fails.", Shorthand = true)]
internal sealed record IntegerDefinition : NumericDefinition
{
    internal override IConversion Compile(ConversionContext context) => new NumberConversion(this, whole: true);
}
