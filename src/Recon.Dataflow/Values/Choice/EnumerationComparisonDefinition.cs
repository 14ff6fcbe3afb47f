using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

[Kind("enumeration", "The same internal value, case included.", Shorthand = true)]
internal sealed record EnumerationComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new EnumerationComparison();

    protected override string? WhyNotTyped(MirrorType type)
        => type is MirrorType.Float4 or MirrorType.Float8 || type.IsTime() ? "internal values are texts, integers or truth values" : null;
}
