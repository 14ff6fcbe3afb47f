using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

[Kind("boolean", "The same truth value.", Shorthand = true)]
internal sealed record BooleanComparisonDefinition : ComparisonDefinition
{
    // Columns of truth values that were floating-point numbers on their way are written 1.0 and 0.0.
    private static readonly BooleanDefinition s_spellings = new()
    {
        TrueTexts = [.. new BooleanDefinition().TrueTexts, "1.0"],
        FalseTexts = [.. new BooleanDefinition().FalseTexts, "0.0"],
    };

    internal override IComparison Compile(ConversionContext context) => new ConvertedComparison(new BooleanConversion(s_spellings));

    protected override string? WhyNotTyped(MirrorType type)
        => type is MirrorType.Boolean or MirrorType.Int2 or MirrorType.Int4 ? null : "it holds no truth values";
}
