using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("text-ignoring-whitespace", "The same text when every run of white space counts as one space.", Shorthand = true)]
internal sealed record TextIgnoringWhitespaceComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new TextComparison(ignoreWhiteSpace: true);

    protected override string? WhyNotTyped(MirrorType type) => TextComparison.WhyNotTyped(type);
}
