using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

[Kind("boolean", "The same truth value.", Shorthand = true)]
internal sealed record BooleanComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new ConvertedComparison(new BooleanConversion(new BooleanDefinition()));

    protected override string? WhyNotTyped(MirrorType type)
        => type is MirrorType.Boolean or MirrorType.Int2 or MirrorType.Int4 ? null : "it holds no truth values";
}
