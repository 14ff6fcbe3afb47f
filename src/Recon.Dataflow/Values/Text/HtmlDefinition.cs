using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("html", "Turns HTML into plain text: paragraphs, breaks and list items become lines, entities become characters. Text without HTML stays as it is.", Shorthand = true)]
internal sealed record HtmlDefinition : ConversionDefinition
{
    internal override ComparisonDefinition Produces => new TextComparisonDefinition();

    internal override IConversion Compile(ConversionContext context) => new HtmlConversion();
}
