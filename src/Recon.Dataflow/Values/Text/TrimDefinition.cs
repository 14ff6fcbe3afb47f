using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("trim", "Removes white space around the value, no-break and zero-width characters included.", Shorthand = true)]
internal sealed record TrimDefinition : ConversionDefinition
{
    internal override IConversion Compile(ConversionContext context) => new TrimConversion();
}
