using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("collapse", "Makes every run of white space, line breaks included, one space, and removes it around the value.", Shorthand = true)]
internal sealed record CollapseDefinition : ConversionDefinition
{
    internal override IConversion Compile(ConversionContext context) => new CollapseConversion();
}
