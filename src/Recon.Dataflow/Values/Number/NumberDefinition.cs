using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Number;

[Kind("number", "Reads a number in the declared notation into plain digits with at most one point; any number of digits is kept.", Shorthand = true)]
internal sealed record NumberDefinition : NumericDefinition
{
    internal override IConversion Compile(ConversionContext context) => new NumberConversion(this, whole: false);
}
