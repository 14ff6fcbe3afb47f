using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("text", "The same text, apart from surrounding and invisible white space and the kind of line end.", Shorthand = true)]
internal sealed record TextComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new TextComparison(ignoreWhiteSpace: false);

    protected override string? WhyNotTyped(MirrorType type) => TextComparison.WhyNotTyped(type);
}
